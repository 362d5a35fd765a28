// What runs in a tab: a file that is open and drawn in, and its socket, which is opened again as the web app does it.
// Saves are sent again under their commit-id until they are answered; whatever was missed meanwhile is read again.
// Expects `transit` (transit-js) to be there.

const FEATURES = [
  "components/v2", "design-tokens/v1", "fdata/path-data", "fdata/shape-data-type", "layout/grid", "styles/v2", "variants/v1",
];

function startTab({ file, team, page, drawn }) {
  const kw = transit.keyword;
  const uuid = (text) => transit.uuid(text);
  const reader = transit.reader("json");
  const [compact, verbose] = [transit.writer("json"), transit.writer("json-verbose")];
  const map = (object) => {
    const made = transit.map();
    for (const [key, value] of Object.entries(object)) made.set(kw(key), value);
    return made;
  };
  const session = crypto.randomUUID();
  const nobody = "00000000-0000-0000-0000-000000000000";
  const tab = {
    session, isOpen: false, opens: 0, refused: 0, failed: 0, heard: 0, rereads: 0, wrong: [],
    faces: new Set(), saved: [], known: new Set(), revn: 0, stops: false, idle: false,
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function call(method, verb, query, body) {
    const response = await fetch(`/api/main/methods/${method}${query}`, {
      method: verb,
      credentials: "include",
      headers: {
        accept: "application/transit+json,text/event-stream,*/*", "x-session-id": session,
        ...(body ? { "content-type": "application/transit+json" } : {}),
      },
      body,
    });
    const text = await response.text();
    if (response.status === 502 || response.status === 503) throw new Error(`${method}: ${response.status}`);
    if (response.status !== 200) {
      tab.wrong.push(`${method}: ${response.status} ${text}`);
      throw new Error(text);
    }
    return reader.read(text);
  }

  // A read is tried again by the web app after 1, 2 and 4 s.
  async function read() {
    for (const wait of [1000, 2000, 4000, 0]) {
      try {
        const got = await call("get-file", "GET", `?id=${file}`);
        const shapes = got.get(kw("data")).get(kw("pages-index")).get(uuid(page)).get(kw("objects"));
        const ids = new Set();
        shapes.forEach((_, id) => ids.add(id.toString()));
        tab.revn = Math.max(tab.revn, got.get(kw("revn")));
        tab.vern = got.get(kw("vern"));
        return ids;
      } catch (error) {
        if (!wait) tab.wrong.push(`the file cannot be read: ${error}`);
        else await pause(wait);
      }
    }
    return new Set();
  }
  tab.read = async () => [...(await read())].sort();

  function takes(text) {
    const told = reader.read(text);
    const type = told.get(kw("type")).toString().replace(/^:/, "");
    const from = told.get(kw("session-id"))?.toString();
    if (type === "join-file" || type === "presence") tab.faces.add(from);
    if (type === "leave-file" || type === "disconnect") tab.faces.delete(from);
    if (type === "error") tab.wrong.push(`the socket says ${text}`);
    if (type !== "file-change") return;
    if (from === session) tab.wrong.push("a tab hears itself");
    tab.heard += 1;
    tab.revn = Math.max(tab.revn, told.get(kw("revn")));
    for (const change of told.get(kw("changes"))) tab.known.add(change.get(kw("id")).toString());
  }

  // 1, 2, 4 … 60 s, and again from the start after each that opened.
  let waits = 1000;
  function connect() {
    const address = `${location.origin.replace(/^http/, "ws")}/ws/notifications?session-id=${session}`;
    const socket = new WebSocket(address);
    socket.onopen = async () => {
      [waits, tab.isOpen] = [1000, true];
      tab.opens += 1;
      tab.faces.clear();
      socket.send(compact.write(map({ type: kw("subscribe-file"), "file-id": uuid(file), version: "2.17.0" })));
      socket.send(compact.write(map({ type: kw("subscribe-team"), "team-id": uuid(team) })));
      for (const id of await read()) tab.known.add(id);
      tab.rereads += 1;
    };
    socket.onmessage = ({ data }) => takes(data);
    socket.onclose = () => {
      if (!tab.isOpen) tab.refused += 1;
      tab.isOpen = false;
      setTimeout(connect, waits);
      waits = Math.min(waits * 2, 60_000);
    };
  }

  function shape(id) {
    const rect = { x: 0, y: 0, width: 10, height: 10 };
    const corners = { ...rect, x1: 0, y1: 0, x2: 10, y2: 10 };
    const point = (x, y) => transit.tagged("point", map({ x, y }));
    const matrix = () => transit.tagged("matrix", map({ a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }));
    return transit.tagged("shape", map({
      id: uuid(id), name: "Shape", type: kw("rect"), ...rect, selrect: transit.tagged("rect", map(corners)),
      points: [point(0, 0), point(10, 0), point(10, 10), point(0, 10)], transform: matrix(), "transform-inverse": matrix(),
      "parent-id": uuid(nobody), "frame-id": uuid(nobody),
    }));
  }

  async function draw() {
    while (!tab.stops) {
      const id = crypto.randomUUID();
      const change = map({
        type: kw("add-obj"), id: uuid(id), "page-id": uuid(page), "frame-id": uuid(nobody), "parent-id": uuid(nobody), obj: shape(id),
      });
      const body = verbose.write(map({
        id: uuid(file), revn: tab.revn, vern: tab.vern, "session-id": uuid(session), "commit-id": uuid(crypto.randomUUID()),
        "created-at": new Date(), changes: [change], features: transit.set(FEATURES),
      }));
      for (;;) {
        try {
          const answer = await call("update-file", "POST", `?id=${file}`, body);
          tab.revn = Math.max(tab.revn, answer.get(kw("revn")));
          tab.saved.push(id);
          tab.known.add(id);
          break;
        } catch (error) {
          tab.failed += 1;
          tab.lastFailure = String(error);
          await pause(300);
        }
      }
      await pause(drawn);
    }
    tab.idle = true;
  }

  tab.state = () => ({
    isOpen: tab.isOpen, opens: tab.opens, refused: tab.refused, failed: tab.failed, lastFailure: tab.lastFailure,
    heard: tab.heard, rereads: tab.rereads, saved: tab.saved.length, faces: [...tab.faces], session, idle: tab.idle, wrong: tab.wrong,
  });
  window.tab = tab;
  return read().then((ids) => {
    for (const id of ids) tab.known.add(id);
    connect();
    draw();
  });
}
