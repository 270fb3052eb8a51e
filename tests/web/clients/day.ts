// A seller's day with a generated TypeScript client, as an integrator writes it: types by openapi-typescript, calls by
// openapi-fetch. It is run by tests/web/test_clients.py, and prints "delivered" at the end.
import createClient from "openapi-fetch";
import type { components, paths } from "./hub.js";

declare const process: { env: Record<string, string>; exit(code: number): never };

type Problem = components["schemas"]["Problem"];
type Labels = components["schemas"]["LabelsAnswer"];

const client = createClient<paths>({
  baseUrl: process.env.HUB_URL,
  headers: { Authorization: `Bearer ${process.env.HUB_KEY}` },
});
const numbers: string[] = JSON.parse(process.env.NUMBERS);

function good<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

function same(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}

async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const found = await what();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("it did not come to that");
}

async function day(): Promise<void> {
  const fetched = good(await client.POST("/v1/sellers/{slug}/sync", { params: { path: { slug: "shop" } } }));
  same(fetched.items.map((one) => one.code), [""]);
  const wrong = await client.GET("/v1/postings", { params: { query: { seller: "shpo" } } });
  same(wrong.error?.code, "not_found");

  const asked = [...numbers, "nothing", numbers[0]];
  const total = good(await client.POST("/v1/totals", { body: { postings: asked, seller: "shop" } }));
  same(total.lines.map((one) => one.number), [...numbers, "nothing"]);
  const ordered = good(
    await client.POST("/v1/totals/{token}/order", {
      params: { path: { token: total.token }, header: { "Idempotency-Key": "day-1" } },
      body: { seller: "shop" },
    }),
  );
  same(ordered.results.map((one) => one.number), numbers);

  const problems = good(await client.GET("/v1/problems", { params: { query: { seller: "shop" } } }));
  const weights = problems.items.filter((one) => one.kind === "no_weight");
  same(weights.length, 1);
  for (const problem of weights) {
    const answered = good(
      await client.POST("/v1/problems/{problem_id}/answer", {
        params: { path: { problem_id: problem.id }, header: { "Idempotency-Key": `answer-${problem.id}` } },
        body: {
          answer: "correct_product",
          parameters: { offer_id: "CUP-2", weight_g: 300, length_mm: 100, width_mm: 90, height_mm: 90 },
        },
      }),
    );
    same(answered.state, "answered");
  }

  const made = await until<Labels>(async () => {
    const answer = good(
      await client.POST("/v1/labels", { params: { header: { Prefer: "wait=20" } }, body: { postings: numbers } }),
    );
    return answer.ready.length === numbers.length ? answer : undefined;
  });
  const file = await client.GET("/v1/documents/{document_id}/content", {
    params: { path: { document_id: made.document! } },
    parseAs: "arrayBuffer",
  });
  same(new TextDecoder().decode(new Uint8Array(good(file) as ArrayBuffer).slice(0, 5)), "%PDF-");

  const handed = good(
    await client.POST("/v1/handovers", {
      params: { header: { "Idempotency-Key": "evening" } },
      body: { seller: "shop" },
    }),
  );
  same(handed.handovers.reduce((sum, one) => sum + one.postings.length, 0), 3);
  const tracks: string[] = [];
  for (const number of numbers) {
    const details = good(await client.GET("/v1/postings/{posting_id}", { params: { path: { posting_id: number } } }));
    tracks.push(details.posting.tracking_number);
  }
  await fetch(`${process.env.COURIER}/_emulator/dropoff`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ numbers: tracks }),
  });
  await until<boolean>(async () => {
    good(await client.POST("/v1/tracking", { body: { seller: "shop", postings: [] } }));
    for (const number of numbers) {
      const now = good(await client.GET("/v1/postings/{posting_id}", { params: { path: { posting_id: number } } }));
      if (now.posting.stage !== "delivered" || now.tracking.length === 0) return undefined;
    }
    return true;
  });
  console.log("delivered");
}

day().catch((error) => {
  console.error(error);
  process.exit(1);
});
