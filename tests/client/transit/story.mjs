// The main story over transit, with transit-js as an independent client.
// usage: node story.mjs register BASE EMAIL PASSWORD
//        node story.mjs draw BASE EMAIL PASSWORD VERIFY_TOKEN PICTURE_FILE
// Prints one JSON line with what it made.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import t from "transit-js";

const reader = t.reader("json");
const writer = t.writer("json");
const kw = t.keyword;
const [step, base, email, password, ...rest] = process.argv.slice(2);
let cookie = "";

function params(object) {
  const map = t.map();
  for (const [key, value] of Object.entries(object)) map.set(kw(key), value);
  return map;
}

async function call(name, object, form) {
  const response = await fetch(`${base}/api/main/methods/${name}`, {
    method: "POST",
    headers: {
      accept: "application/transit+json",
      cookie,
      ...(form ? {} : { "content-type": "application/transit+json" }),
    },
    body: form ?? writer.write(params(object)),
  });
  const text = await response.text();
  assert.ok(response.ok, `${name}: ${response.status} ${text}`);
  const set = response.headers.get("set-cookie");
  if (set) cookie = set.split(";")[0];
  if (response.status === 204) return null;
  assert.equal(response.headers.get("content-type"), "application/transit+json");
  return reader.read(text);
}

const isUuid = (value) => t.isUUID(value);

if (step === "register") {
  const prepared = await call("prepare-register-profile", { fullname: "Ana", email, password });
  const registered = await call("register-profile", { token: prepared.get(kw("token")) });
  assert.equal(registered.get(kw("email")), email);
  console.log("{}");
} else {
  const [token, picture] = rest;
  const claims = await call("verify-token", { token });
  assert.equal(claims.get(kw("iss")).toString(), kw("verify-email").toString());
  const profile = await call("login-with-password", { email, password });
  assert.ok(isUuid(profile.get(kw("id"))), "ids are uuids, not text");
  assert.ok(profile.get(kw("created-at")) instanceof Date, "times are instants");
  const team = await call("create-team", { name: "Ink" });
  assert.ok(t.isSet(team.get(kw("features"))), "features are a set");
  const project = await call("create-project", { "team-id": team.get(kw("id")), name: "Poster" });
  const file = await call("create-file", { "project-id": project.get(kw("id")), name: "Sketch" });
  const read = await call("get-file", { id: file.get(kw("id")) });
  const data = read.get(kw("data"));
  const page = data.get(kw("pages"))[0];
  assert.ok(isUuid(page));
  const index = data.get(kw("pages-index"));
  assert.equal(index.get(page).get(kw("name")), "Page 1");
  // What we were given can be written and read again without a change.
  assert.equal(writer.write(reader.read(writer.write(read))), writer.write(read));

  const form = new FormData();
  form.set("file-id", file.get(kw("id")).toString());
  form.set("is-local", "true");
  form.set("name", "photo.jpg");
  form.set("content", new Blob([await readFile(picture)], { type: "image/jpeg" }), "photo.jpg");
  const media = await call("upload-file-media-object", null, form);
  assert.equal(media.get(kw("mtype")), "image/jpeg");
  const thumbnail = await fetch(`${base}/assets/by-file-media-id/${media.get(kw("id"))}/thumbnail`, { headers: { cookie } });
  assert.equal(thumbnail.status, 200);
  assert.equal(await call("delete-file", { id: file.get(kw("id")) }), null);
  const out = await call("logout", { "profile-id": profile.get(kw("id")) });
  assert.ok(t.isMap(out));
  console.log(JSON.stringify({ file: file.get(kw("id")).toString(), media: media.get(kw("id")).toString() }));
}
