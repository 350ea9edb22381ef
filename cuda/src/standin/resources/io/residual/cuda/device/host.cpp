// Runs a kernel's blocks one after the other, each to its end or to where it waits for another, and of a block one warp after
// the other up to a barrier. Threads are fibers that switch where threads meet: at barriers, shuffles and votes. A fiber whose
// thread ends without one continues with the next thread.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sys/mman.h>
#include <utility>
#include <vector>
#ifndef __x86_64__
#include <ucontext.h>
#endif

#define HOST_SHARED
struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;
typedef void (*host_kernel)(void** arguments);
[[noreturn]] void host_fail(const char* message);
// The memory of all __shared__ arrays, if there are any.
extern "C" char __start_host_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_host_shared[] __attribute__((weak, visibility("hidden")));

namespace {
constexpr size_t STACK = 256 << 10, COLORS = 32 << 10;
constexpr int BALLOT = -1;
constexpr int MAX_ROUNDS = 1000;
enum State { READY, BARRIER, WARP, DONE, PAUSED };

#ifdef __x86_64__
typedef void* Context;
extern "C" void host_switch(Context* from, Context to) __attribute__((visibility("hidden")));
asm(".text\n.type host_switch,@function\nhost_switch:\n"
    "push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\n"
    "mov %rsp,(%rdi)\nmov %rsi,%rsp\n"
    "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n.size host_switch,.-host_switch\n");
void change(Context& from, Context& to) { host_switch(&from, to); }
void prepare(Context& context, char* stack, void (*run)()) {
    void** top = (void**) (stack + STACK) - 1;  // as behind a call: a multiple of 16, less 8
    *top = nullptr;
    *--top = (void*) run;
    context = top - 6;
    for (int i = 1; i <= 6; i++) *--top = nullptr;
}
#else
typedef ucontext_t Context;
void change(Context& from, Context& to) { swapcontext(&from, &to); }
void prepare(Context& context, char* stack, void (*run)()) {
    getcontext(&context);
    context.uc_stack.ss_sp = stack;
    context.uc_stack.ss_size = STACK;
    context.uc_link = nullptr;
    makecontext(&context, run, 0);
}
#endif

struct Fiber { Context context; char* stack; };
struct Thread { State state; Fiber* fiber; int line; unsigned mask; int source; unsigned long long value; };
// A block that waits for another, with its shared memory.
struct Block { uint3 index; std::vector<Thread> threads; std::vector<char> shared; };

Context scheduler;
std::vector<Fiber*> fibers, idle;
Fiber* beginning;
Thread threads[1024];
std::vector<unsigned> order;
unsigned started, limit, total, current;
bool met, together;
host_kernel kernel;
void** arguments;
char failure[300];

void enter(unsigned thread) {
    current = thread;
    threadIdx = {thread, 0, 0};
}

void runFiber() {
    Fiber* self = beginning;
    for (;;) {
        while (started < limit) {
            unsigned thread = order[started++];
            threads[thread].fiber = self;
            enter(thread);
            kernel(arguments);
            threads[thread].state = DONE;
        }
        idle.push_back(self);
        change(self->context, scheduler);
    }
}

void begin() {
    if (idle.empty()) {
        void* stack = mmap(nullptr, STACK + COLORS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stack == MAP_FAILED) abort();
        // Stacks end at different lines of the cache, or each would throw out the others.
        fibers.push_back(new Fiber{{}, (char*) stack + fibers.size() * 576 % COLORS});
        prepare(fibers.back()->context, fibers.back()->stack, runFiber);
        idle.push_back(fibers.back());
    }
    beginning = idle.back();
    idle.pop_back();
    change(scheduler, beginning->context);
}

// Where all threads are given up: their fibers begin anew.
void reset() {
    idle = fibers;
    for (Fiber* fiber : fibers) prepare(fiber->context, fiber->stack, runFiber);
}

void meet(State state, unsigned mask, unsigned long long value, int source, int line) {
    Thread& thread = threads[current];
    thread.state = state;
    thread.mask = mask;
    thread.value = value;
    thread.source = source;
    thread.line = line;
    met = true;
    change(thread.fiber->context, scheduler);
}

// Lets those lanes of a warp go on that all those have met that they wait for.
bool releaseWarp(unsigned first) {
    unsigned lanes = total - first < 32 ? total - first : 32;
    unsigned there = lanes == 32 ? ~0u : (1u << lanes) - 1;
    bool released = false;
    for (unsigned lane = 0; lane < lanes; lane++) {
        Thread& one = threads[first + lane];
        if (one.state != WARP) continue;
        unsigned group = one.mask & there;
        bool all = group >> lane & 1;
        unsigned ballot = 0;
        for (unsigned i = 0; i < lanes; i++) {
            Thread& other = threads[first + i];
            if (!(group >> i & 1)) continue;
            all &= other.state == WARP && other.mask == one.mask && other.line == one.line;
            if (other.value & 1) ballot |= 1u << i;
        }
        if (!all) continue;
        unsigned long long results[32];
        for (unsigned i = 0; i < lanes; i++) {
            int source = threads[first + i].source;
            results[i] = source == BALLOT ? ballot : group >> source & 1 ? threads[first + source].value : ~0ull;
        }
        for (unsigned i = 0; i < lanes; i++) {
            if (!(group >> i & 1)) continue;
            threads[first + i].value = results[i];
            threads[first + i].state = READY;
        }
        released = true;
    }
    return released;
}

bool isPaused() {
    for (unsigned i = 0; i < total; i++)
        if (threads[i].state == PAUSED) return true;
    return false;
}

// Lets all threads go on if all wait at one barrier; false if all are done or one waits for another block, a failure if neither.
bool releaseBlock() {
    if (isPaused()) return false;
    for (unsigned i = 1; i < total; i++) {
        Thread &a = threads[0], &b = threads[i];
        if (a.state == b.state && (a.state == DONE || (a.state == BARRIER && a.line == b.line))) continue;
        const char* names[] = {"ready", "at a barrier", "at an exchange of its warp", "done", "waiting for a block"};
        snprintf(failure, sizeof failure, "threads wait for ever: 0 is %s (line %d), %u is %s (line %d), in block %u, %u",
                names[a.state], a.line, i, names[b.state], b.line, blockIdx.x, blockIdx.y);
        return false;
    }
    if (threads[0].state == WARP) host_fail("a thread waits for lanes without itself");
    bool waiting = threads[0].state == BARRIER;
    for (unsigned i = 0; waiting && i < total; i++) threads[i].state = READY;
    return waiting;
}

void resume(unsigned thread) {
    enter(thread);
    change(scheduler, threads[thread].fiber->context);
}

// Runs a warp, which lies at these places of the order, until its threads are done or wait for other warps.
void runWarp(unsigned from, unsigned to) {
    limit = to;
    while (started < limit && !failure[0]) begin();
    do {
        for (unsigned i = from; i < to && !failure[0]; i++) {
            if (threads[order[i]].state == READY) resume(order[i]);
        }
    } while (met && !failure[0] && releaseWarp(order[from] & ~31u));
}

// Runs a block until it is done or waits for another.
void runBlock() {
    do {
        for (unsigned from = 0, to; from < total && !failure[0]; from = to) {
            for (to = from; to < total && order[to] / 32 == order[from] / 32; to++) {}
            runWarp(from, to);
        }
    } while (met && !failure[0] && releaseBlock());
}

void beginBlock(unsigned x, unsigned y) {
    blockIdx = {x, y, 0};
    for (char* shared = __start_host_shared; shared != __stop_host_shared; shared++) *shared = (char) 0xff;
    for (unsigned i = 0; i < total; i++) threads[i] = {};
    started = 0;
    met = false;
}

Block saved() {
    return {blockIdx, std::vector<Thread>(threads, threads + total), std::vector<char>(__start_host_shared, __stop_host_shared)};
}

// Threads that waited look again.
void continueBlock(const Block& block) {
    blockIdx = block.index;
    char* shared = __start_host_shared;
    for (char each : block.shared) *shared++ = each;
    for (unsigned i = 0; i < total; i++) {
        threads[i] = block.threads[i];
        if (threads[i].state == PAUSED) threads[i].state = READY;
    }
    started = total;
    met = true;
}

// Runs those that wait in turn until all are done.
void runWaiting(std::vector<Block> waiting) {
    for (int round = 0; !waiting.empty(); round++) {
        std::vector<Block> still;
        for (const Block& block : waiting) {
            continueBlock(block);
            runBlock();
            if (failure[0]) return;
            if (isPaused()) still.push_back(saved());
        }
        waiting.swap(still);
        if (round == MAX_ROUNDS && !waiting.empty()) snprintf(failure, sizeof failure, "blocks wait for ever");
        if (failure[0]) return;
    }
}

std::vector<unsigned> permutation(unsigned size, unsigned seed) {
    std::vector<unsigned> numbers(size);
    for (unsigned i = 0; i < size; i++) numbers[i] = seed == 1 ? size - 1 - i : i;
    std::mt19937 random(seed);
    for (unsigned i = size; seed > 1 && i > 1; i--) std::swap(numbers[i - 1], numbers[random() % i]);
    return numbers;
}
// Threads in a permuted order, but those of a warp behind one another.
std::vector<unsigned> warps(unsigned size, unsigned seed) {
    std::vector<unsigned> threads;
    for (unsigned warp : permutation((size + 31) / 32, seed))
        for (unsigned lane : permutation(32, seed))
            if (warp * 32 + lane < size) threads.push_back(warp * 32 + lane);
    return threads;
}
}  // namespace

void host_fail(const char* message) {
    snprintf(failure, sizeof failure, "%s, in thread %u of block %u, %u", message, current, blockIdx.x, blockIdx.y);
    change(threads[current].fiber->context, scheduler);
    abort();
}

// Called by what -fsanitize puts into kernels: a GPU stops or goes wrong there.
struct Place { const char* file; unsigned line, column; };
[[noreturn]] static void fault(const Place* place, const char* what) {
    char text[200];
    snprintf(text, sizeof text, "%s in line %u", what, place->line);
    host_fail(text);
}
extern "C" void __ubsan_handle_type_mismatch_v1_abort(const Place* place, void* address) {
    fault(place, address ? "an address that is not aligned for its type" : "address 0 is read or written");
}
extern "C" void __ubsan_handle_out_of_bounds_abort(const Place* place, void*) {
    fault(place, "an index beyond its array");
}
extern "C" void __ubsan_handle_divrem_overflow_abort(const Place* place, void*, void*) {
    fault(place, "a division by 0");
}

void host_pause() {
    if (!together) host_fail("a thread waits for another block, which may not run yet");
    meet(PAUSED, 0, 0, 0, 0);
}

void host_barrier(int line) {
    meet(BARRIER, 0, 0, 0, line);
}

unsigned long long host_exchange(unsigned mask, unsigned long long value, int source, int line) {
    meet(WARP, mask, value, source, line);
    return threads[current].value;
}

unsigned host_ballot(unsigned mask, bool predicate, int line) {
    meet(WARP, mask, predicate, BALLOT, line);
    return (unsigned) threads[current].value;
}

// order: of blocks, and of a block's threads: 0 forwards, 1 backwards, else the seed of a random one
// allTogether: blocks may wait for each other
const char* host_launch(
        unsigned x, unsigned y, unsigned size, unsigned seed, bool allTogether, host_kernel run, void** values) {
    total = size;
    together = allTogether;
    kernel = run;
    arguments = values;
    blockDim = {size, 1, 1};
    gridDim = {x, y, 1};
    failure[0] = 0;
    order = warps(size, seed);
    std::vector<Block> waiting;
    for (unsigned block : permutation(x * y, seed)) {
        beginBlock(block % x, block / x);
        runBlock();
        if (failure[0]) break;
        if (isPaused()) waiting.push_back(saved());
    }
    if (!failure[0]) runWaiting(waiting);
    if (!failure[0]) return nullptr;
    reset();
    return failure;
}
