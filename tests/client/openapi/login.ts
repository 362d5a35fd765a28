// A typed client made from our document: it must compile under --strict, and log in.
// usage: node login.js BASE EMAIL PASSWORD
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Failure = components["schemas"]["Error"];

const [base, email, password] = process.argv.slice(2) as [string, string, string];
const client = createClient<paths>({
  baseUrl: `${base}/api/main/methods`,
  headers: { accept: "application/json" },
});

async function main(): Promise<void> {
  const { data, error } = await client.POST("/login-with-password", { body: { email, password } });
  if (error || !data) throw new Error(`refused: ${JSON.stringify(error)}`);
  const name: string | undefined = "fullname" in data ? data.fullname : undefined;
  const wrong = await client.POST("/login-with-password", { body: { email, password: "wrong" } });
  const failure: Failure | undefined = wrong.error;
  if (failure?.code !== "wrong-credentials") throw new Error(`not refused: ${JSON.stringify(wrong)}`);
  // @ts-expect-error a missing field must not compile
  void client.POST("/login-with-password", { body: { email } }).catch(() => undefined);
  console.log(name);
}

void main();
