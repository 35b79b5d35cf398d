import { describeOrganization } from "../contract.ts";

describeOrganization({ dialect: "official-cloud", mostPeople: 2_000 });
describeOrganization({ dialect: "official-selfhost", mostPeople: 2_000 });
