import { lauxlib, lua, lualib, to_luastring } from 'fengari';

/**
 * Runs a Lua script that returns a table of strings, as Argo CD runs its health checks: with the object in `obj`, and with the
 * libraries `base` and `table` alone.
 * @throws with Lua's own message when the script is wrong or returns something else
 */
export function runLua(script: string, obj: unknown): Readonly<Record<string, string>> {
  const state = lauxlib.luaL_newstate();
  lauxlib.luaL_requiref(state, to_luastring('_G'), lualib.luaopen_base, 1);
  lauxlib.luaL_requiref(state, to_luastring('table'), lualib.luaopen_table, 1);
  lua.lua_pop(state, 2);
  const ended =
    lauxlib.luaL_loadstring(state, to_luastring(`obj = ${literal(obj)}\n${script}`)) || lua.lua_pcall(state, 0, 1, 0);
  if (ended !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(state, -1));
  if (!lua.lua_istable(state, -1)) throw new Error('the script returns no table');
  const found: Record<string, string> = {};
  lua.lua_pushnil(state);
  while (lua.lua_next(state, -2) !== 0) {
    if (lua.lua_type(state, -1) !== lua.LUA_TSTRING) throw new Error('the table has something else than strings');
    found[lua.lua_tojsstring(state, -2)] = lua.lua_tojsstring(state, -1);
    lua.lua_pop(state, 1);
  }
  return found;
}

/** A JSON value in Lua; null is absent there. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string')
    return `"${[...Buffer.from(value)].map((byte) => `\\${`${byte}`.padStart(3, '0')}`).join('')}"`;
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value)
    .map(([key, field]) => `[${literal(key)}]=${literal(field)}`)
    .join(',')}}`;
}
