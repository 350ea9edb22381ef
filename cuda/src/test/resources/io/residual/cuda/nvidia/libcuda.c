/* A driver whose GPU is the CPU: memory is the host's, queues are done at once, one kernel, recordings of launches; another
   kernel, a convolution, is only counted, and all is faster since.
   INIT, VERSION, COUNT, CAPABILITY and MEMORY are set by the tests. */
#include <stdlib.h>
#include <string.h>
#ifndef INIT
#define INIT 0
#endif
#ifndef VERSION
#define VERSION 13000
#endif
#ifndef COUNT
#define COUNT 1
#endif
#ifndef CAPABILITY
#define CAPABILITY 90
#endif
#ifndef MEMORY
#define MEMORY (1L << 30)
#endif
typedef unsigned long long address;
typedef void *handle;

struct launch { float *a, *b, *c; float f; int n; };
static struct launch recorded[64];
static int count, capturing, context, waits, own;

int cuInit(unsigned flags) { return flags ? 1 : INIT; }
int cuDriverGetVersion(int *v) { *v = VERSION; return 0; }
int cuDeviceGetCount(int *n) { *n = COUNT; return 0; }
int cuDeviceGet(int *d, int ordinal) { *d = ordinal + 7; return 0; }
int cuDeviceGetName(char *name, int length, int d) { strncpy(name, d == 7 ? "Fake GPU" : "?", length); return 0; }
int cuDeviceGetAttribute(int *v, int a, int d) {
  *v = a == 16 ? 132 : a == 75 ? CAPABILITY / 10 : a == 76 ? CAPABILITY % 10 : -1;
  return d == 7 ? 0 : 101;
}
int cuDeviceTotalMem_v2(size_t *bytes, int d) { *bytes = MEMORY; return d == 7 ? 0 : 101; }
int cuDevicePrimaryCtxSetFlags_v2(int d, unsigned flags) { return d == 7 && flags == 1 ? 0 : 1; }
int cuDevicePrimaryCtxRetain(handle *c, int d) { *c = &context; return d == 7 ? 0 : 1; }
int cuDevicePrimaryCtxRelease_v2(int d) { return d == 7 ? 0 : 1; }
int cuCtxSetCurrent(handle c) { return c == &context ? 0 : 201; }
int cuMemGetInfo_v2(size_t *f, size_t *t) { *f = MEMORY / 2; *t = MEMORY; return 0; }
int cuMemAlloc_v2(address *a, size_t bytes) {
  if (bytes > MEMORY / 2) return 2;
  *a = (address)aligned_alloc(256, (bytes + 255) / 256 * 256);
  memset((void *)*a, 0x55, bytes);
  return 0;
}
int cuMemFree_v2(address a) { free((void *)a); return 0; }
int cuMemAllocHost_v2(handle *p, size_t bytes) { *p = malloc(bytes); return 0; }
int cuMemFreeHost(handle p) { free(p); return 0; }
int cuMemcpyHtoDAsync_v2(address to, const void *from, size_t n, handle s) { memcpy((void *)to, from, n); return !s; }
int cuMemcpyDtoHAsync_v2(void *to, address from, size_t n, handle s) { memcpy(to, (void *)from, n); return !s; }
int cuMemcpyDtoDAsync_v2(address to, address from, size_t n, handle s) { memcpy((void *)to, (void *)from, n); return !s; }
int cuMemsetD8Async(address a, unsigned char v, size_t n, handle s) { memset((void *)a, v, n); return !s; }
int cuCtxGetStreamPriorityRange(int *least, int *greatest) { *least = 0; *greatest = -5; return 0; }
int cuStreamCreateWithPriority(handle *s, unsigned flags, int priority) { *s = malloc(1); return flags == 1 ? 0 : 1; }
int cuStreamDestroy_v2(handle s) { free(s); return 0; }
int cuStreamSynchronize(handle s) { return !s; }
int cuStreamWaitEvent(handle s, handle e, unsigned flags) { waits++; return !s || !e || flags; }
int cuStreamBeginCapture_v2(handle s, int mode) {
  if (capturing || mode != 2 || !s) return 1;
  capturing = 1; count = 0; return 0;
}
int cuStreamEndCapture(handle s, handle *g) {
  struct launch *copy = malloc(sizeof recorded + 8);
  if (!capturing || !s) return 1;
  capturing = 0; copy[0].n = count; memcpy(copy + 1, recorded, count * sizeof *copy); *g = copy; return 0;
}
int cuEventCreate(handle *e, unsigned flags) { *e = malloc(1); return flags == 0 || flags == 2 ? 0 : 1; }
int cuEventDestroy_v2(handle e) { free(e); return 0; }
int cuEventRecord(handle e, handle s) { return !e || !s; }
int cuEventSynchronize(handle e) { return !e; }
int cuEventElapsedTime(float *ms, handle a, handle b) { *ms = own ? 1 : 1.5f; return !a || !b; }
int cuGraphInstantiateWithFlags(handle *x, handle g, unsigned long long flags) {
  *x = malloc(sizeof recorded + 8); memcpy(*x, g, sizeof recorded); return flags == 8 ? 0 : 1;
}
static void run(struct launch k) { for (int i = 0; i < k.n; i++) k.c[i] = k.a[i] + k.f * k.b[i]; }
int cuGraphLaunch(handle x, handle s) {
  struct launch *all = x;
  for (int i = 0; i < all[0].n; i++) run(all[1 + i]);
  return !s;
}
int cuGraphExecDestroy(handle x) { free(x); return 0; }
int cuGraphDestroy(handle g) { free(g); return 0; }
int cuModuleLoadData(handle *m, const void *image) { *m = &context; return strncmp(image, "compiled ", 9) ? 200 : 0; }
int cuModuleUnload(handle m) { return m != &context; }
int cuModuleGetFunction(handle *f, handle m, const char *name) {
  *f = strcmp(name, "add") ? &own : &count;
  return strcmp(name, "add") && strcmp(name, "convolve") ? 500 : 0;
}
int cuLaunchKernel(handle f, unsigned bx, unsigned by, unsigned bz, unsigned tx, unsigned ty, unsigned tz, unsigned shared,
                   handle s, void **p, void **extra) {
  if (f == &own) { own++; return bx != 128 || tx != 416 || *(int *)p[3] != 128; }
  struct launch k = {*(float **)p[0], *(float **)p[1], *(float **)p[2], *(float *)p[3], *(int *)p[4]};
  if (f != &count || !bx || by != 1 || bz != 1 || !tx || ty != 1 || tz != 1 || shared || !s || extra) return 1;
  if (capturing) recorded[count++] = k; else run(k);
  return 0;
}
int cuGetErrorName(int e, const char **text) { *text = e == 100 ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_FAKE"; return 0; }
int cuGetErrorString(int e, const char **text) { *text = e == 100 ? "no CUDA-capable device" : "made up"; return 0; }
