import { describeOrganization } from "../contract.ts";

describeOrganization({ dialect: "vaultwarden", mostPeople: 200 });
