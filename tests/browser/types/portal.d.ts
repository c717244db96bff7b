/** The API's answers under the names that the portal's scripts use. */
import type { components, paths } from "api";

type Answer<Path extends keyof paths, Method extends keyof paths[Path], Status extends number> =
  paths[Path][Method] extends { responses: Record<Status, { content: { "application/json": infer Body } }> } ? Body : never;

export type Problem = components["schemas"]["Problem"];
export type Session = Answer<"/api/auth/session", "get", 200>;
export type AccountPage = Answer<"/api/homes/accounts", "get", 200>;
export type Account = AccountPage["items"][number];
export type LinkRequest = Answer<"/api/homes/links", "post", 201>;
export type MeterAccount = Answer<"/api/readings/meters", "get", 200>["accounts"][number];
export type Meter = MeterAccount["meters"][number];
export type Receipt = Answer<"/api/readings/submissions", "post", 201>;
export type HistoryPage = Answer<"/api/readings/history", "get", 200>;
export type HistoryItem = HistoryPage["items"][number];
export type NoticePage = Answer<"/api/notices", "get", 200>;
export type Notice = NoticePage["items"][number];
