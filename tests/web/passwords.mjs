// Everybody whom `postroom users add` made chooses the password of these tests. On standard input: what
// it said, a line for each.
import { readFileSync } from "node:fs";
import { base, password } from "./lib.mjs";

const post = (path, fields, cookie) =>
  fetch(base + path, {
    method: "POST",
    redirect: "manual",
    headers: { origin: base, ...(cookie && { cookie }) },
    body: new URLSearchParams(fields),
  });

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [, name, given] = line.match(/^(\S+) signs in with the password (\S+),/);
  const signedIn = await post("/sign-in", { name, password: given });
  const [cookie] = signedIn.headers.getSetCookie()[0].split(";");
  const changed = await post("/password", { old: given, new: password, again: password }, cookie);
  if (changed.status !== 303) throw new Error(`${name}: ${changed.status}`);
}
