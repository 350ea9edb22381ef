/* A cuDNN that stores attributes, offers four engines and, run, writes engine and workspace into the first bytes of y.
   Engine 0 is nondeterministic, 1 rounds by tensor cores, 2 cannot be prepared, 3 is exact with knob 5=9. */
#include <stdlib.h>
#include <string.h>
#ifndef BUILT_FOR
#define BUILT_FOR 13000
#endif
struct descriptor { int kind, ready, engine; void *attributes[1400]; long counts[1400]; int types[1400]; };
typedef struct descriptor *d;
static void *stream;
static int handle;
static int size(int type) { return type == 1 || type == 4 || type == 7 || type == 8 || type == 9 || type == 11 ? 4 : 8; }
size_t cudnnGetVersion(void) { return 91900; }
size_t cudnnGetCudartVersion(void) { return BUILT_FOR; }
const char *cudnnGetErrorString(int e) { return e == 3000 ? "CUDNN_STATUS_NOT_SUPPORTED" : "CUDNN_STATUS_BAD_PARAM"; }
void cudnnGetLastErrorString(char *to, size_t n) { strncpy(to, "of the fake", n); }
int cudnnCreate(void **h) { *h = &handle; return 0; }
int cudnnDestroy(void *h) { return h != &handle; }
int cudnnSetStream(void *h, void *s) { stream = s; return h != &handle; }
int cudnnBackendCreateDescriptor(int kind, d *made) { *made = calloc(1, sizeof **made); (*made)->kind = kind; return 0; }
int cudnnBackendDestroyDescriptor(d x) { for (int i = 0; i < 1400; i++) free(x->attributes[i]); free(x); return 0; }
int cudnnBackendSetAttribute(d x, int name, int type, long n, const void *values) {
  if (x->ready) return 2000;
  x->attributes[name] = malloc(n * size(type) + 1);
  memcpy(x->attributes[name], values, n * size(type));
  x->counts[name] = n; x->types[name] = type;
  return 0;
}
static int first(d x, int name) { return x->attributes[name] ? *(int *)x->attributes[name] : -1; }
int cudnnBackendFinalize(d x) {
  if (x->kind == 17 && (x->counts[902] != 4 || x->counts[903] != 4 || x->types[906] != 3 || first(x, 900) != 16)) return 2000;
  if (x->kind == 1 && (first(x, 101) != 1 || first(x, 100) != 0 || x->counts[104] != 2 || x->types[100] != 1)) return 2000;
  if (x->kind == 10 && (*(float *)x->attributes[700] != 1 || *(float *)x->attributes[701] != 0
      || (*(d *)x->attributes[703])->counts[902] != 4 || *(long *)(*(d *)x->attributes[704])->attributes[906] != 'x')) return 2000;
  if (x->kind == 15 && x->types[800] != 0) return 2000;
  if (x->kind == 4 && first(x, 200) == 1) return 3000; /* mode B knows nothing */
  if (x->kind == 5) {
    x->engine = (*(d *)x->attributes[401])->engine;
    if (x->engine == 2) return 3000;
  }
  x->ready = 1;
  return 0;
}
int cudnnBackendGetAttribute(d x, int name, int type, long asked, long *count, void *values) {
  long *numbers = values; int *choices = values; d *others = values;
  if (name == 202) {
    *count = first(x, 200) == 3 ? 3 : 2; /* mode A: 0, 1, 2; fallback: 2, 3 */
    for (int i = 0; i < asked; i++) others[i]->engine = first(x, 200) == 3 ? i : i + 2;
  } else if (name == 301 - 1) { others[0]->engine = x->engine; *count = 1;
  } else if (name == 302) { *count = x->engine == 3; if (asked) others[0]->engine = 3;
  } else if (name == 600) { choices[0] = 5; *count = 1;
  } else if (name == 601) { numbers[0] = 9; *count = 1;
  } else if (name == 1301) { numbers[0] = x->engine; *count = 1;
  } else if (name == 1303) {
    *count = x->engine < 2;
    if (x->engine == 0) choices[0] = 4;
    if (x->engine == 1) choices[0] = 0;
  } else if (name == 402) { numbers[0] = x->engine == 3 ? 4096 : 0; *count = 1;
  } else return 2000;
  return type == (name == 1301 || name == 601 || name == 402 ? 3 : name == 600 ? 9 : name == 1303 ? 11 : 15) ? 0 : 2000;
}
int cudnnBackendExecute(void *h, d plan, d pack) {
  long *ids = pack->attributes[1000];
  void **pointers = pack->attributes[1001], **workspace = pack->attributes[1003];
  if (h != &handle || !plan->ready || !pack->ready || !stream || ids[0] != 'x' || ids[2] != 'y') return 2000;
  ((float *)pointers[2])[0] = plan->engine;
  ((float *)pointers[2])[1] = *workspace ? 1 : 0;
  return 0;
}
