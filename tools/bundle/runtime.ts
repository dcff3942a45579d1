/**
 * How the bundle is run: by the image (Dockerfile, whose lines a test compares), the demo and the benchmarks. Each setting
 * was measured at 500 namespaces (docs/benchmarks.md, "Memory").
 */
export const RUNTIME = {
  nodeArgs: [
    // The young generation would grow to several times what the operator needs.
    '--max-semi-space-size=2',
    // Collect when the heap has grown by a fifth: by default it may double, and what thousands of reconciles leave
    // behind at a start stays for good.
    '--heap-growing-percent=20',
    '--optimize-for-size',
    // undici's HTTP parser is WebAssembly; optimising it takes 14 MB, and it parses a few headers per request.
    '--liftoff-only',
  ],
  // glibc makes an arena per thread, and keeps what was freed in each.
  env: { MALLOC_ARENA_MAX: '1' },
} as const;
