package io.residual.onednn;

/** Whether networks can run on oneDNN in this process. */
public sealed interface Availability {
    /**
     * They can.
     *
     * @param version of oneDNN, such as "3.8.1"
     * @param instructions the processor's vector instructions that it uses, as a dnnl_cpu_isa_t in hexadecimal
     */
    record Available(String version, String instructions) implements Availability {}

    /**
     * They cannot.
     *
     * @param reason what is missing, and how to get it
     */
    record Unavailable(String reason) implements Availability {}
}
