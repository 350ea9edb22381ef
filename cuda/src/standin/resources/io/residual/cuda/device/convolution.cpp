// Convolutions and their gradients as they are defined, summed in double precision.
#include <cstdint>
#include <cstring>
#include <vector>

namespace {
struct Axis { int size, stride, dilation, before; };
struct Shape { int images, inChannels, inHeight, inWidth, outChannels, outHeight, outWidth; Axis rows, columns; };

std::vector<double> read(const void* from, size_t size, bool bf16) {
    std::vector<double> numbers(size);
    for (size_t i = 0; i < size; i++) {
        uint32_t bits = bf16 ? (uint32_t) ((const uint16_t*) from)[i] << 16 : ((const uint32_t*) from)[i];
        float number;
        memcpy(&number, &bits, 4);
        numbers[i] = number;
    }
    return numbers;
}

void write(const std::vector<double>& numbers, void* to, bool bf16) {
    for (size_t i = 0; i < numbers.size(); i++) {
        float number = (float) numbers[i];
        uint32_t bits;
        memcpy(&bits, &number, 4);
        if (!bf16) {
            ((uint32_t*) to)[i] = bits;
        } else if (number != number) {
            ((uint16_t*) to)[i] = 0x7fff;
        } else {
            ((uint16_t*) to)[i] = (uint16_t) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
        }
    }
}

// Calls for each tap of each output position that lies in the image, with the offsets of its channels.
template <class Tap> void taps(const Shape& s, Tap tap) {
    for (int n = 0; n < s.images; n++)
        for (int y = 0; y < s.outHeight; y++)
            for (int x = 0; x < s.outWidth; x++)
                for (int r = 0; r < s.rows.size; r++)
                    for (int c = 0; c < s.columns.size; c++) {
                        int row = y * s.rows.stride + r * s.rows.dilation - s.rows.before;
                        int column = x * s.columns.stride + c * s.columns.dilation - s.columns.before;
                        if (row < 0 || row >= s.inHeight || column < 0 || column >= s.inWidth) continue;
                        tap((((size_t) n * s.inHeight + row) * s.inWidth + column) * s.inChannels,
                                ((size_t) r * s.columns.size + c) * s.inChannels,
                                (((size_t) n * s.outHeight + y) * s.outWidth + x) * s.outChannels);
                    }
}
}  // namespace

// shape: the numbers of a Shape; pass: 0 forward, 1 backward to the data, 2 to the weights
extern "C" __attribute__((visibility("default"))) void convolve(
        const int* numbers, int pass, int bf16, void* input, void* filters, void* output) {
    Shape s;
    memcpy(&s, numbers, sizeof s);
    size_t perFilter = (size_t) s.rows.size * s.columns.size * s.inChannels;
    size_t ins = (size_t) s.images * s.inHeight * s.inWidth * s.inChannels;
    size_t outs = (size_t) s.images * s.outHeight * s.outWidth * s.outChannels;
    std::vector<double> in = pass == 1 ? std::vector<double>(ins) : read(input, ins, bf16);
    std::vector<double> weights = pass == 2 ? std::vector<double>(perFilter * s.outChannels)
            : read(filters, perFilter * s.outChannels, bf16);
    std::vector<double> out = pass == 0 ? std::vector<double>(outs) : read(output, outs, bf16);
    int channels = s.inChannels;
    taps(s, [&](size_t i, size_t w, size_t o) {
        for (int k = 0; k < s.outChannels; k++) {
            double* x = &in[i];
            double* f = &weights[k * perFilter + w];
            double& y = out[o + k];
            double sum = 0;
            if (pass == 0) for (int c = 0; c < channels; c++) sum += x[c] * f[c];
            else if (pass == 1) for (int c = 0; c < channels; c++) x[c] += y * f[c];
            else for (int c = 0; c < channels; c++) f[c] += y * x[c];
            y += sum;
        }
    });
    if (pass == 0) write(out, output, bf16);
    else if (pass == 1) write(in, input, bf16);
    else write(weights, filters, bf16);
}
