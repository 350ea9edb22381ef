/* A compiler that puts "compiled " and the first option before the source; "#error" in a source is an error. */
#include <stdlib.h>
#include <string.h>
struct program { char *source; char *result; };
int nvrtcVersion(int *major, int *minor) { *major = 13; *minor = 0; return 0; }
int nvrtcGetNumSupportedArchs(int *n) { *n = 3; return 0; }
int nvrtcGetSupportedArchs(int *a) { a[0] = 75; a[1] = 80; a[2] = 90; return 0; }
int nvrtcCreateProgram(void **p, const char *source, const char *name, int headers, void *h, void *n) {
  struct program *made = calloc(1, sizeof *made);
  made->source = strdup(source);
  *p = made;
  return headers || h || n || strcmp(name, "residual.cu");
}
int nvrtcCompileProgram(struct program *p, int n, const char **options) {
  if (n != 4 || strcmp(options[1], "--std=c++17")) return 5;
  if (strstr(p->source, "#error")) return 6;
  p->result = calloc(1, strlen(p->source) + strlen(options[0]) + 12);
  strcat(strcat(strcat(strcat(p->result, "compiled "), options[0]), " "), p->source);
  return 0;
}
int nvrtcGetCUBINSize(struct program *p, size_t *n) { *n = strlen(p->result); return 0; }
int nvrtcGetCUBIN(struct program *p, char *to) { memcpy(to, p->result, strlen(p->result)); return 0; }
int nvrtcGetPTXSize(struct program *p, size_t *n) { *n = strlen(p->result) + 1; return 0; }
int nvrtcGetPTX(struct program *p, char *to) { strcpy(to, p->result); return 0; }
int nvrtcGetProgramLogSize(struct program *p, size_t *n) { *n = 20; return !p; }
int nvrtcGetProgramLog(struct program *p, char *to) { strcpy(to, "line 1: it is bad"); return !p; }
int nvrtcDestroyProgram(struct program **p) { free((*p)->source); free((*p)->result); free(*p); *p = 0; return 0; }
const char *nvrtcGetErrorString(int e) { return e == 6 ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_OTHER"; }
