package io.residual.onednn.kernels;

/**
 * F(4, 3) at the points 0, 1/sqrt(2), -1/sqrt(2), sqrt(2), -sqrt(2) and infinity, whose rounding is smaller than that of 0, 1, -1, 2, -2
 * and infinity.
 */
final class WinogradFour implements WinogradTransform {
    private static final float NEAR = (float) Math.sqrt(0.5);
    private static final float FAR = (float) Math.sqrt(2);
    private static final float TWO_THIRDS = 2f / 3;
    private static final float SIXTH = 1f / 6;

    @Override
    public int tile() {
        return 4;
    }

    @Override
    public void input(float[][] from, float[][] to, int count) {
        end(from[0], from[2], from[4], to[0], count);
        near(from, to[1], to[2], count);
        far(from, to[3], to[4], count);
        end(from[1], from[3], from[5], to[5], count);
    }

    private static void end(float[] x0, float[] x2, float[] x4, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = x0[i] - 2.5f * x2[i] + x4[i];
        }
    }

    private static void near(float[][] from, float[] plus, float[] minus, int count) {
        float[] x1 = from[1];
        float[] x2 = from[2];
        float[] x3 = from[3];
        float[] x4 = from[4];
        for (int i = 0; i < count; i++) {
            float even = x4[i] - 2f * x2[i];
            float odd = NEAR * (x3[i] - 2f * x1[i]);
            plus[i] = even + odd;
            minus[i] = even - odd;
        }
    }

    private static void far(float[][] from, float[] plus, float[] minus, int count) {
        float[] x1 = from[1];
        float[] x2 = from[2];
        float[] x3 = from[3];
        float[] x4 = from[4];
        for (int i = 0; i < count; i++) {
            float even = x4[i] - 0.5f * x2[i];
            float odd = FAR * (x3[i] - 0.5f * x1[i]);
            plus[i] = even + odd;
            minus[i] = even - odd;
        }
    }

    @Override
    public void output(float[][] from, float[][] to, int count) {
        first(from, to[0], count);
        middle(from, to[1], to[2], count);
        last(from, to[3], count);
    }

    @Override
    public void output(float[][] from, float[] bias, float[][] to, int count) {
        first(from, bias, to[0], count);
        second(from, bias, to[1], count);
        third(from, bias, to[2], count);
        last(from, bias, to[3], count);
    }

    private static void first(float[][] from, float[] to, int count) {
        float[] zero = from[0];
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = zero[i] + (near[i] + minusNear[i]) + (far[i] + minusFar[i]);
        }
    }

    private static void first(float[][] from, float[] bias, float[] to, int count) {
        float[] zero = from[0];
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = zero[i] + (near[i] + minusNear[i]) + (far[i] + minusFar[i]) + bias[i];
        }
    }

    private static void middle(float[][] from, float[] y1, float[] y2, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            float a = near[i];
            float b = minusNear[i];
            float c = far[i];
            float d = minusFar[i];
            y1[i] = NEAR * (a - b) - FAR * (d - c);
            y2[i] = 0.5f * (a + b) - -2f * (c + d);
        }
    }

    private static void second(float[][] from, float[] bias, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = bias[i] - (NEAR * (minusNear[i] - near[i]) - FAR * (far[i] - minusFar[i]));
        }
    }

    private static void third(float[][] from, float[] bias, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = bias[i] - (-0.5f * (near[i] + minusNear[i]) - 2f * (far[i] + minusFar[i]));
        }
    }

    private static void last(float[][] from, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        float[] infinite = from[5];
        for (int i = 0; i < count; i++) {
            to[i] = infinite[i] - (0.5f * NEAR * (minusNear[i] - near[i]) - 2f * FAR * (far[i] - minusFar[i]));
        }
    }

    private static void last(float[][] from, float[] bias, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        float[] infinite = from[5];
        for (int i = 0; i < count; i++) {
            to[i] = infinite[i]
                    - ((0.5f * NEAR * (minusNear[i] - near[i]) - 2f * FAR * (far[i] - minusFar[i])) - bias[i]);
        }
    }

    @Override
    public void weights(float[][] from, float[][] to, int count) {
        System.arraycopy(from[0], 0, to[0], 0, count);
        weights(from, to[1], to[2], -TWO_THIRDS, NEAR, count);
        weights(from, to[3], to[4], SIXTH, FAR, count);
        System.arraycopy(from[2], 0, to[5], 0, count);
    }

    private static void weights(float[][] from, float[] plus, float[] minus, float factor, float point, int count) {
        float[] w0 = from[0];
        float[] w1 = from[1];
        float[] w2 = from[2];
        float square = -Math.round(2 * point * point) / 2f;
        for (int i = 0; i < count; i++) {
            float even = factor * (w0[i] - square * w2[i]);
            float odd = factor * point * w1[i];
            plus[i] = even + odd;
            minus[i] = even - odd;
        }
    }

    @Override
    public void gradient(float[][] from, float[][] to, int count) {
        System.arraycopy(from[0], 0, to[0], 0, count);
        gradient(from, to[1], to[2], NEAR, count);
        gradient(from, to[3], to[4], FAR, count);
        System.arraycopy(from[3], 0, to[5], 0, count);
    }

    private static void gradient(float[][] from, float[] plus, float[] minus, float point, int count) {
        float[] y0 = from[0];
        float[] y1 = from[1];
        float[] y2 = from[2];
        float[] y3 = from[3];
        float square = -Math.round(2 * point * point) / 2f;
        for (int i = 0; i < count; i++) {
            float even = y0[i] - square * y2[i];
            float odd = point * (y1[i] - square * y3[i]);
            plus[i] = even + odd;
            minus[i] = even - odd;
        }
    }

    @Override
    public void weightGradient(float[][] from, float[][] to, int count) {
        evenGradient(from, from[0], TWO_THIRDS, SIXTH, to[0], count);
        oddGradient(from, to[1], count);
        evenGradient(from, from[5], TWO_THIRDS / 2, 2 * SIXTH, to[2], count);
    }

    private static void evenGradient(
            float[][] from, float[] end, float nearFactor, float farFactor, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = end[i] - (nearFactor * (near[i] + minusNear[i]) - farFactor * (far[i] + minusFar[i]));
        }
    }

    private static void oddGradient(float[][] from, float[] to, int count) {
        float[] near = from[1];
        float[] minusNear = from[2];
        float[] far = from[3];
        float[] minusFar = from[4];
        for (int i = 0; i < count; i++) {
            to[i] = SIXTH * FAR * (far[i] - minusFar[i]) - TWO_THIRDS * NEAR * (near[i] - minusNear[i]);
        }
    }
}
