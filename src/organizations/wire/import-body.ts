/** One import, in the form that every server understands: all fields, lists never null, ids as text, camelCase. */
export interface ImportContent {
  readonly members: readonly { readonly email: string; readonly externalId: string; readonly deleted: boolean }[];
  readonly groups: readonly {
    readonly name: string;
    readonly externalId: string;
    readonly memberExternalIds: readonly string[];
  }[];
  readonly invite: boolean;
  readonly largeImport: boolean;
}

/** The request's text. `overwriteExisting` is never set: it would remove whoever the request does not name. */
export const importBody = ({ members, groups, invite, largeImport }: ImportContent): string =>
  JSON.stringify({
    groups: groups.map(groupElement),
    members: members.map(memberElement),
    overwriteExisting: false,
    largeImport,
    inviteUsersAfterProvisioning: invite,
  });

/** What the fields around the two lists take, generously. */
export const envelopeBytes = 200;
export const memberBytes = (member: ImportContent["members"][number]): number => bytesOf(memberElement(member));
export const groupBytes = (group: ImportContent["groups"][number]): number => bytesOf(groupElement(group));

const memberElement = ({ email, externalId, deleted }: ImportContent["members"][number]) => ({
  email,
  externalId,
  deleted,
});
const groupElement = ({ name, externalId, memberExternalIds }: ImportContent["groups"][number]) => ({
  name,
  externalId,
  memberExternalIds,
});

/** With the comma after it. */
const bytesOf = (element: object): number => Buffer.byteLength(JSON.stringify(element)) + 1;
