import assert from "node:assert/strict";
import { type AwsCredentials, UserError } from "../../lib/core/mod.ts";
import { CredentialFeed } from "../../lib/load/credential_feed.ts";
import type { ToWorker } from "../../lib/load/messages.ts";

const keys = (expires_at_ms: number | null): AwsCredentials => ({
  access_key_id: "A",
  secret_access_key: "S",
  session_token: null,
  expires_at_ms,
});
const minute = 60_000;

Deno.test("keys that do not end are told once, to every worker", async () => {
  const feed = await CredentialFeed.open(() => Promise.resolve(keys(null)));
  const told: ToWorker[][] = [[], []];
  feed.feed(told.map((list) => ({ tell: (message: ToWorker) => void list.push(message) })));
  feed.close();
  assert.deepEqual(told, [[{ credentials: keys(null) }], [{ credentials: keys(null) }]]);
  assert.equal(feed.wait_ms, null);
});

Deno.test("keys are fetched anew 4 minutes before they end, and not in a busy loop when they end sooner", async () => {
  const wait = async (lasts_ms: number) =>
    (await CredentialFeed.open(() => Promise.resolve(keys(1_000 + lasts_ms)), () => 1_000)).wait_ms;
  assert.equal(await wait(60 * minute), 56 * minute);
  assert.equal(await wait(minute), 15_000);
});

Deno.test("that there are no keys is known before a worker starts", async () => {
  const none = () => Promise.reject(new UserError("no credentials for AWS: log in"));
  await assert.rejects(CredentialFeed.open(none), /no credentials for AWS: log in/);
  await assert.rejects(CredentialFeed.open(undefined), UserError);
});

Deno.test("a worker without valid keys has new ones fetched now, once for all who ask together; a failure is told, not thrown", async () => {
  let fetched = 0;
  let fails = false;
  const fetch = () => {
    fetched++;
    return fails ? Promise.reject(new Error("log in again")) : Promise.resolve(keys(null));
  };
  const feed = await CredentialFeed.open(fetch);
  const told: ToWorker[] = [];
  const notices: string[] = [];
  feed.feed([{ tell: (message) => void told.push(message) }], (text) => notices.push(text));
  await Promise.all([feed.renewNow(), feed.renewNow()]);
  assert.deepEqual([fetched, told.length], [2, 2]);
  fails = true;
  await feed.renewNow();
  assert.deepEqual([fetched, told.length], [3, 2]);
  assert.deepEqual(notices, ["New keys to AWS could not be fetched: log in again"]);
  feed.close();
});
