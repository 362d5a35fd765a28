// A private SMTP server for tests: keeps what it is sent and shows it as JSON over HTTP.
// usage: node server.mjs SMTP_PORT HTTP_PORT CERTIFICATE_FILE KEY_FILE [USER:PASSWORD]
// With USER:PASSWORD it demands STARTTLS and then AUTH; without, it takes anything.
import { readFileSync } from "node:fs";
import http from "node:http";
import { SMTPServer } from "smtp-server";
import { simpleParser } from "mailparser";

const [smtpPort, httpPort, certificate, key, login] = process.argv.slice(2);
const kept = [];
const KEPT_MAX = 1000;

const [user, password] = (login ?? ":").split(":");
const smtp = new SMTPServer({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  disabledCommands: login ? [] : ["AUTH", "STARTTLS"],
  authOptional: !login,
  onAuth(auth, session, done) {
    const good = auth.username === user && auth.password === password && session.secure;
    done(good ? null : new Error("wrong user or password"), good ? { user } : undefined);
  },
  // An address that names a failure makes it, so that tests can see a refusal and a busy server.
  onRcptTo(address, session, done) {
    if (address.address.startsWith("refused")) return done(Object.assign(new Error("no such user"), { responseCode: 550 }));
    if (address.address.startsWith("busy")) return done(Object.assign(new Error("try again later"), { responseCode: 451 }));
    done();
  },
  onData(stream, session, done) {
    simpleParser(stream).then((mail) => {
      kept.push({
        from: mail.from?.text ?? "",
        to: session.envelope.rcptTo.map((r) => r.address),
        subject: mail.subject ?? "",
        text: mail.text ?? "",
        html: mail.html || "",
        headers: Object.fromEntries([...mail.headers].map(([k, v]) => [k, typeof v === "string" ? v : v?.text ?? String(v)])),
        replyTo: mail.replyTo?.text ?? "",
        attachments: mail.attachments.map((a) => ({ name: a.filename, text: a.content.toString() })),
        secure: session.secure,
        user: session.user ?? null,
      });
      if (kept.length > KEPT_MAX) kept.shift();
      done();
    }, done);
  },
});
smtp.on("error", (error) => console.error(`smtp: ${error.message}`));

const web = http.createServer((req, res) => {
  const to = new URL(req.url, "http://localhost").searchParams.get("to");
  res.setHeader("content-type", "application/json");
  res.end(JSON.stringify(to ? kept.filter((m) => m.to.includes(to)) : kept));
});

smtp.listen(Number(smtpPort), "127.0.0.1", () =>
  web.listen(Number(httpPort), "127.0.0.1", () => console.log("ready")),
);
