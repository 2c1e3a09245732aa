// The same as vonk.js, for `import Vonk from "…/vonk.mjs"`.
import "./vonk.js";

export default globalThis.Vonk;
