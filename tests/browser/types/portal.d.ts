/** The API's answers under the names that the portal's scripts use. */
import type { components, paths } from "api";

type Answer<Path extends keyof paths, Method extends keyof paths[Path], Status extends number> =
  paths[Path][Method] extends { responses: Record<Status, { content: { "application/json": infer Body } }> } ? Body : never;

export type Problem = components["schemas"]["Problem"];
export type FieldError = components["schemas"]["FieldError"];
export type Suggestion = components["schemas"]["Suggestion"];
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
export type Profile = Answer<"/api/auth/profile", "get", 200>;
export type ContactChange = Answer<"/api/auth/profile/contacts", "post", 201>;
export type ConfirmationMethod = Answer<"/api/auth/confirmations/{confirmation_id}", "get", 200>["methods"][number];
export type SessionList = Answer<"/api/auth/sessions", "get", 200>;
export type SessionItem = SessionList["items"][number];
export type JournalPage = Answer<"/api/auth/journal", "get", 200>;
export type JournalItem = JournalPage["items"][number];
export type FoundPerson = Answer<"/api/auth/support/searches", "post", 200>;
export type ErasurePlan = Answer<"/api/auth/erasure", "get", 200>;
export type ErasureAct = Answer<"/api/auth/erasures/{erasure_id}", "get", 200>;
export type PasswordRules = Answer<"/api/auth/password-rules", "get", 200>;
export type Registration = Answer<"/api/auth/registrations", "post", 201>;
export type Recovery = Answer<"/api/auth/recoveries", "post", 201>;
export type ConsentText = Answer<"/api/auth/consent-texts", "get", 200>["items"][number];
export type Consent = Answer<"/api/auth/consents", "get", 200>["items"][number];
export type Provider = Answer<"/api/auth/providers", "get", 200>["items"][number];
export type Identity = Answer<"/api/auth/identities", "get", 200>["items"][number];
export type AwaitingIdentity = Answer<"/api/auth/identities/awaiting", "get", 200>;
export type Invitation = Answer<"/api/auth/invitations/view", "post", 200>;
export type MaintenanceList = Answer<"/api/notices/maintenance", "get", 200>;
export type Maintenance = MaintenanceList["items"][number];
export type Status = Answer<"/api/notices/status", "get", 200>;
export type Import = Answer<"/api/homes/imports/{import_id}", "get", 200>;
export type FoundAddress = Answer<"/api/homes/addresses", "get", 200>["items"][number];
export type AccountCode = Answer<"/api/homes/accounts/{account_id}/contacts", "post", 201>;
export type PastAccount = Answer<"/api/homes/past-accounts", "get", 200>["items"][number];
export type PastSubmissionPage = Answer<"/api/homes/past-accounts/{account_id}/submissions", "get", 200>;
export type PastSubmission = PastSubmissionPage["items"][number];
