import { tellFirmOfFifty } from "./firm-of-fifty.ts";

tellFirmOfFifty("vaultwarden");
