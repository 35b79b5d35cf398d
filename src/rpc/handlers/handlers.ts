import type { Handlers } from "../contract.ts";
import { appHandlers } from "./app.ts";
import { cacheHandlers } from "./cache.ts";
import { checkHandlers } from "./checks.ts";
import { configHandlers } from "./config.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { diagnosticHandlers } from "./diagnostics.ts";
import { directoryHandlers } from "./directory.ts";
import { doctorHandlers } from "./doctor.ts";
import { explainHandlers } from "./explain.ts";
import { filterHandlers } from "./filters.ts";
import { importHandlers } from "./import.ts";
import { organizationHandlers } from "./organizations.ts";
import { peopleHandlers } from "./people.ts";
import { followHandlers } from "./follow.ts";
import { planListHandlers } from "./plan-lists.ts";
import { planHandlers } from "./plans.ts";
import { profileSettingsHandlers } from "./profile-settings.ts";
import { profileHandlers } from "./profiles.ts";
import { readmeHandlers } from "./readme.ts";
import { runHandlers } from "./runs.ts";
import { scheduleHandlers } from "./schedule.ts";
import { secretHandlers } from "./secrets.ts";
import { updateHandlers } from "./updates.ts";

/** What answers every procedure of the contract. */
export const createHandlers = (dependencies: HandlerDependencies): Handlers => ({
  ...appHandlers(dependencies),
  ...organizationHandlers(dependencies),
  ...profileHandlers(dependencies),
  ...profileSettingsHandlers(dependencies),
  ...secretHandlers(dependencies),
  ...configHandlers(dependencies),
  ...importHandlers(dependencies),
  ...checkHandlers(dependencies),
  ...planHandlers(dependencies),
  ...planListHandlers(dependencies),
  ...followHandlers(dependencies),
  ...runHandlers(dependencies),
  ...scheduleHandlers(dependencies),
  ...diagnosticHandlers(dependencies),
  ...directoryHandlers(dependencies),
  ...filterHandlers(dependencies),
  ...readmeHandlers(dependencies),
  ...peopleHandlers(dependencies),
  ...explainHandlers(dependencies),
  ...cacheHandlers(dependencies),
  ...doctorHandlers(dependencies),
  ...updateHandlers(dependencies),
});
