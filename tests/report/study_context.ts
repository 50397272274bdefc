/** What the reports of made-up studies know beside their figures. */

import type { StudyContext } from "../../lib/report/mod.ts";

export const studyContext: StudyContext = {
  ...{ title: "a study", run_id: "2026-11-23T08-00-00-ab12", date: "2026-11-23T08:00:00Z" },
  ...{ simulated: false, client_region: "us-east-2", precision: 0.05 },
};
