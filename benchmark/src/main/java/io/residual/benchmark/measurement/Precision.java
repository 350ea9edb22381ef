package io.residual.benchmark.measurement;

/** In which numbers a contestant multiplies. Ratios are taken between contestants of the same one. */
public enum Precision {
    F32("float32"),
    /** bfloat16 where that is faster, with sums, statistics, weights and updates of 32 bits. */
    BF16("bf16"),
    /** 8-bit integers as weights and activations, with sums of 32 bits; for inference alone. */
    INT8("int8");

    private final String title;

    Precision(String title) {
        this.title = title;
    }

    /** As reports write it. */
    public String title() {
        return title;
    }
}
