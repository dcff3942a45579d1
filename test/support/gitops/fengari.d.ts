/** What the tests use of fengari, which ships no types: Lua's C API (Lua 5.3 reference manual, §4). */
declare module 'fengari' {
  /** A string of Lua: bytes. */
  type LuaString = Uint8Array;
  interface State {
    readonly luaState: never;
  }
  type Library = (state: State) => number;

  export const lua: {
    readonly LUA_OK: number;
    readonly LUA_TSTRING: number;
    lua_pcall(state: State, args: number, results: number, handler: number): number;
    lua_istable(state: State, index: number): boolean;
    lua_pushnil(state: State): void;
    lua_next(state: State, index: number): number;
    lua_pop(state: State, count: number): void;
    lua_type(state: State, index: number): number;
    lua_tojsstring(state: State, index: number): string;
  };
  export const lauxlib: {
    luaL_newstate(): State;
    luaL_requiref(state: State, name: LuaString, library: Library, global: 0 | 1): void;
    luaL_loadstring(state: State, code: LuaString): number;
  };
  export const lualib: { readonly luaopen_base: Library; readonly luaopen_table: Library };
  export function to_luastring(text: string): LuaString;
}
