// Defined before, of the recipe: CHANNELS; SOURCE_HEIGHT, SOURCE_WIDTH of the images of the set; HEIGHT, WIDTH of those of
// the batch; ROW_TAPS, COLUMN_TAPS; REFLECT and RANDOM_FILL, each 0 or 1; Out, the unsigned integer that has the bits of a
// number of the batch.

#define PIXELS (HEIGHT * WIDTH)
#define HALF (1 << 21)

typedef unsigned char Byte;
typedef unsigned long long Bits;

// As EpochDraws writes it: 12 integers for each image.
struct Draw {
    int index;
    int down;
    int right;
    int flipped;
    int top;
    int left;
    int height;
    int width;
    unsigned int fillLow;
    unsigned int fillHigh;
    int unused0;
    int unused1;
};

// The number that SplitMix64 draws in this state.
__device__ static Bits mixed(Bits state) {
    Bits z = state + 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// What a random fill draws for row y and column x of the box: a number has the bytes of eight pixels of a row.
__device__ static int filled(const Draw *draw, int channel, int y, int x) {
    Bits state = ((Bits) draw->fillHigh << 32) | draw->fillLow;
    int perRow = (draw->width + 7) / 8;
    Bits number = (Bits) ((channel * draw->height + y) * perRow + x / 8);
    return (int) (mixed(state + number * 0x9E3779B97F4A7C15ull) >> (8 * (x % 8))) & 0xff;
}

__device__ static int reflected(int index, int size) {
    if (index < 0) {
        return -index;
    }
    return index < size ? index : 2 * (size - 1) - index;
}

// A level of a resized image: columns first, then rows, each rounded to 8 bits.
// rows: the first of the source, [HEIGHT], and the weights, [ROW_TAPS, HEIGHT]; columns likewise.
__device__ static int resized(const Byte *__restrict__ plane, const int *__restrict__ rows, const int *__restrict__ columns,
        int y, int x) {
    const Byte *from = plane + rows[y] * SOURCE_WIDTH + columns[x];
    int sum = HALF;
    for (int j = 0; j < ROW_TAPS; j++) {
        int across = HALF;
        for (int k = 0; k < COLUMN_TAPS; k++) {
            across += from[j * SOURCE_WIDTH + k] * columns[(1 + k) * WIDTH + x];
        }
        sum += (across >> 22) * rows[(1 + j) * HEIGHT + y];
    }
    return (sum >> 22) & 0xff;
}

// Writes the first count images of batch *step of an epoch and their labels, a thread for each pixel.
// pixels: [images, CHANNELS, SOURCE_HEIGHT, SOURCE_WIDTH]; classOf: [images]; draws: of the epoch, in its order; levels:
// [CHANNELS, 256]; out: [count, HEIGHT, WIDTH, CHANNELS]; labels: [count, classes], on for the image's class and off elsewhere.
extern "C" __global__ void writeBatch(const Byte *__restrict__ pixels, const int *__restrict__ classOf,
        const int *__restrict__ rows, const int *__restrict__ columns, const Out *__restrict__ levels,
        const Draw *__restrict__ draws, const int *__restrict__ step, int batch, int count, Out *__restrict__ out,
        float *__restrict__ labels, int classes, float on, float off) {
    unsigned int thread = blockIdx.x * blockDim.x + threadIdx.x;
    const Draw *first = draws + (long long) *step * batch;
    for (unsigned int i = thread; i < (unsigned int) (count * classes); i += gridDim.x * blockDim.x) {
        labels[i] = classOf[first[i / classes].index] == (int) (i % classes) ? on : off;
    }
    if (thread >= (unsigned int) count * PIXELS) {
        return;
    }
    const Draw *draw = first + thread / PIXELS;
    int y = (int) (thread % PIXELS) / WIDTH;
    int x = (int) (thread % PIXELS) % WIDTH;
    int boxY = y - draw->top;
    int boxX = x - draw->left;
    bool erased = (unsigned int) boxY < (unsigned int) draw->height && (unsigned int) boxX < (unsigned int) draw->width;
    int fromY = y + draw->down;
    int fromX = (draw->flipped ? WIDTH - 1 - x : x) + draw->right;
    bool inside = (unsigned int) fromY < HEIGHT && (unsigned int) fromX < WIDTH;
    if (REFLECT) {
        fromY = reflected(fromY, HEIGHT);
        fromX = reflected(fromX, WIDTH);
    }
    const Byte *plane = pixels + (long long) draw->index * (CHANNELS * SOURCE_HEIGHT * SOURCE_WIDTH);
    Out *to = out + (long long) thread * CHANNELS;
#pragma unroll
    for (int c = 0; c < CHANNELS; c++, plane += SOURCE_HEIGHT * SOURCE_WIDTH) {
        int level = 0;
        if (erased) {
            level = RANDOM_FILL ? filled(draw, c, boxY, boxX) : 0;
        } else if (REFLECT || inside) {
            level = resized(plane, rows, columns, fromY, fromX);
        }
        to[c] = levels[c * 256 + level];
    }
}
