import { Fault } from "../../core/fault.ts";
import { pageAddresses, type RunningPage } from "../context.ts";
import { exitCodes } from "../exit-code.ts";
import type { Invocation, Run, Session } from "../session.ts";
import { stopped } from "../stopped.ts";
import { serveHintText, serveText } from "../views/human/serve.ts";

/** Always the same unless asked otherwise, so that a bookmark and a tunnel stay right. */
const defaultPort = 8470;

/** The window's page in the browser of this computer, until it is stopped; `--link` gives a new link to one that runs. */
export const run: Run = async (invocation, session) => {
  const { context } = session;
  if (invocation.flag("link")) {
    await showLink(session, await context.linkToPage(session.clientOptions));
    return exitCodes.done;
  }
  const page = await context.startPage(session.clientOptions, {
    port: invocation.count("port") ?? defaultPort,
    address: addressOf(invocation),
    tell: async () => session.tell(`${(await session.words()).format("cli.serve.building")}\n`),
  });
  const again = onEnter(session, page);
  try {
    await showLink(session, await page.newLink());
    if (!session.globals.json)
      await session.tell(serveHintText({ enter: context.stdin.isTTY === true }, await session.screen()));
    await Promise.race([stopped(context.signal), page.lost, again.failed]);
  } finally {
    again.end();
    await page.close();
  }
  return exitCodes.done;
};

const showLink = (session: Session, link: string): Promise<void> =>
  session.show({ link }, serveText, (value) => ({ version: 1, ...value }));

const addressOf = (invocation: Invocation): (typeof pageAddresses)[number] => {
  const asked = invocation.text("address") ?? "127.0.0.1";
  const address = pageAddresses.find((one) => one === asked);
  if (address === undefined) throw new Fault("serve.loopback_only", { address: asked });
  return address;
};

/** On a terminal the Enter key gives a new link. */
const onEnter = (session: Session, page: RunningPage) => {
  const { stdin } = session.context;
  const failed = Promise.withResolvers<never>();
  const press = (): void => {
    page
      .newLink()
      .then((link) => showLink(session, link))
      .catch(failed.reject);
  };
  if (stdin.isTTY === true) stdin.on("data", press);
  return {
    failed: failed.promise,
    end: (): void => {
      stdin.off("data", press);
      stdin.pause();
    },
  };
};
