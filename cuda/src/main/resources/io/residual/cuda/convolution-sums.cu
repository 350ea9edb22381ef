// The end of the gradient of a convolution's weights. Behind what defines WEIGHTS, their number.

/** A block adds 32 weights' sums of all parts; each warp every so many of them. */
extern "C" __global__ void __launch_bounds__(512) add_sums(const float* sums, unsigned short* weights, int parts) {
    __shared__ float shared[512];
    int weight = blockIdx.x * 32 + (threadIdx.x & 31);
    float sum = 0;
#pragma unroll 8
    for (int part = threadIdx.x / 32; part < parts; part += blockDim.x / 32) {
        sum += sums[part * WEIGHTS + weight];
    }
    shared[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x < 32) {
        for (int i = threadIdx.x + 32; i < blockDim.x; i += 32) {
            sum += shared[i];
        }
        weights[weight] = (unsigned short) rounded(sum, 0);
    }
}
