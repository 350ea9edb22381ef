package io.residual.onednn.kernels;

/** F(3, 3) at the points 0, 3/4, -3/4, 3/2 and infinity, whose rounding is smaller than that of 0, 1, -1, 2 and infinity. */
final class WinogradThree implements WinogradTransform {
    private static final float NEAR = 0.75f;
    private static final float FAR = 1.5f;
    private static final float SQUARE = NEAR * NEAR;
    /** What weights are divided by at each point: the product of its distances from the others. */
    private static final float AT_ZERO = 1 / (SQUARE * FAR);

    private static final float AT_NEAR = 1 / (2 * SQUARE * (NEAR - FAR));
    private static final float AT_MINUS_NEAR = 1 / (2 * SQUARE * (-NEAR - FAR));
    private static final float AT_FAR = 1 / (FAR * (FAR * FAR - SQUARE));

    @Override
    public int tile() {
        return 3;
    }

    @Override
    public void input(float[][] from, float[][] to, int count) {
        end(from, 0, to[0], count);
        near(from, to[1], to[2], count);
        far(from[1], from[3], to[3], count);
        end(from, 1, to[4], count);
    }

    private static void end(float[][] from, int first, float[] to, int count) {
        float[] x0 = from[first];
        float[] x1 = from[first + 1];
        float[] x2 = from[first + 2];
        float[] x3 = from[first + 3];
        for (int i = 0; i < count; i++) {
            to[i] = (x3[i] - FAR * x2[i]) - SQUARE * (x1[i] - FAR * x0[i]);
        }
    }

    private static void near(float[][] from, float[] plus, float[] minus, int count) {
        float[] x1 = from[1];
        float[] x2 = from[2];
        float[] x3 = from[3];
        for (int i = 0; i < count; i++) {
            float even = x3[i] - FAR * x2[i];
            float odd = NEAR * (x2[i] - FAR * x1[i]);
            plus[i] = even + odd;
            minus[i] = even - odd;
        }
    }

    private static void far(float[] x1, float[] x3, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = x3[i] - SQUARE * x1[i];
        }
    }

    @Override
    public void output(float[][] from, float[][] to, int count) {
        float[] zero = from[0];
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] y0 = to[0];
        for (int i = 0; i < count; i++) {
            y0[i] = zero[i] + (near[i] + minusNear[i]) + far[i];
        }
        middle(from, to[1], count);
        last(from, from[4], to[2], count);
    }

    private static void middle(float[][] from, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        for (int i = 0; i < count; i++) {
            to[i] = FAR * far[i] - NEAR * (minusNear[i] - near[i]);
        }
    }

    private static void last(float[][] from, float[] infinite, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        for (int i = 0; i < count; i++) {
            to[i] = infinite[i] - (-SQUARE * (near[i] + minusNear[i]) - FAR * FAR * far[i]);
        }
    }

    @Override
    public void output(float[][] from, float[] bias, float[][] to, int count) {
        output(from, to, count);
        for (int row = 0; row < tile(); row++) {
            ChannelTiles.add(bias, to[row], count);
        }
    }

    @Override
    public void weights(float[][] from, float[][] to, int count) {
        float[] w0 = from[0];
        float[] zero = to[0];
        for (int i = 0; i < count; i++) {
            zero[i] = AT_ZERO * w0[i];
        }
        weights(from, to[1], NEAR, AT_NEAR, count);
        weights(from, to[2], -NEAR, AT_MINUS_NEAR, count);
        weights(from, to[3], FAR, AT_FAR, count);
        System.arraycopy(from[2], 0, to[4], 0, count);
    }

    private static void weights(float[][] from, float[] to, float point, float factor, int count) {
        float[] w0 = from[0];
        float[] w1 = from[1];
        float[] w2 = from[2];
        for (int i = 0; i < count; i++) {
            to[i] = factor * (w0[i] - -point * (w1[i] - -point * w2[i]));
        }
    }

    @Override
    public void gradient(float[][] from, float[][] to, int count) {
        System.arraycopy(from[0], 0, to[0], 0, count);
        gradient(from, to[1], NEAR, count);
        gradient(from, to[2], -NEAR, count);
        gradient(from, to[3], FAR, count);
        System.arraycopy(from[2], 0, to[4], 0, count);
    }

    private static void gradient(float[][] from, float[] to, float point, int count) {
        float[] y0 = from[0];
        float[] y1 = from[1];
        float[] y2 = from[2];
        for (int i = 0; i < count; i++) {
            to[i] = y0[i] - -point * (y1[i] - -point * y2[i]);
        }
    }

    @Override
    public void weightGradient(float[][] from, float[][] to, int count) {
        first(from, to[0], count);
        second(from, to[1], count);
        third(from, to[2], count);
    }

    private static void first(float[][] from, float[] to, int count) {
        float[] zero = from[0];
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        for (int i = 0; i < count; i++) {
            to[i] = AT_ZERO * zero[i] - (-AT_NEAR * near[i] - (AT_MINUS_NEAR * minusNear[i] - -AT_FAR * far[i]));
        }
    }

    private static void second(float[][] from, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        for (int i = 0; i < count; i++) {
            to[i] = NEAR * AT_NEAR * near[i] - (NEAR * AT_MINUS_NEAR * minusNear[i] - FAR * AT_FAR * far[i]);
        }
    }

    private static void third(float[][] from, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] infinite = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = infinite[i]
                    - (-SQUARE * AT_NEAR * near[i]
                            - (SQUARE * AT_MINUS_NEAR * minusNear[i] - -FAR * FAR * AT_FAR * far[i]));
        }
    }
}
