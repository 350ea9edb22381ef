package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.CudaException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A thing of cuDNN with attributes. */
final class Descriptor implements AutoCloseable {
    private final Cudnn cudnn;
    private final long address;

    /** An empty one of a kind. */
    Descriptor(Cudnn cudnn, int kind) {
        this.cudnn = cudnn;
        long[] created = new long[1];
        check(cudnn, cudnn.cudnnBackendCreateDescriptor(kind, created), "cudnnBackendCreateDescriptor of " + kind);
        address = created[0];
    }

    /**
     * Returns if a call succeeded.
     *
     * @throws CudaException with cuDNN's words
     */
    static void check(Cudnn cudnn, int status, String call) {
        if (status == 0) {
            return;
        }
        byte[] text = new byte[1024];
        cudnn.cudnnGetLastErrorString(text, text.length);
        String detail = new String(text, StandardCharsets.UTF_8);
        int end = detail.indexOf('\0');
        throw new CudaException(
                Kind.FAILED,
                call + " failed: " + cudnn.cudnnGetErrorString(status) + " "
                        + detail.substring(0, end < 0 ? detail.length() : end).strip());
    }

    long address() {
        return address;
    }

    /** Sets 64-bit numbers. */
    Descriptor numbers(int attribute, long... values) {
        return set(attribute, Cudnn.TYPE_INT64, values);
    }

    /** Sets addresses of a type. */
    Descriptor set(int attribute, int type, long... values) {
        check(
                cudnn,
                cudnn.cudnnBackendSetAttribute(address, attribute, type, values.length, values),
                "Attribute " + attribute);
        return this;
    }

    /** Sets other descriptors. */
    Descriptor refer(int attribute, Descriptor... others) {
        return set(
                attribute,
                Cudnn.TYPE_DESCRIPTOR,
                Arrays.stream(others).mapToLong(Descriptor::address).toArray());
    }

    /** Sets a value of an enumeration. */
    Descriptor choose(int attribute, int type, int value) {
        check(
                cudnn,
                cudnn.cudnnBackendSetAttribute(address, attribute, type, 1, new int[] {value}),
                "Attribute " + attribute);
        return this;
    }

    /** Sets a 32-bit number. */
    Descriptor real(int attribute, float value) {
        int status = cudnn.cudnnBackendSetAttribute(address, attribute, Cudnn.TYPE_FLOAT, 1, new float[] {value});
        check(cudnn, status, "Attribute " + attribute);
        return this;
    }

    /**
     * Ends the setting of attributes.
     *
     * @throws CudaException if cuDNN offers no such thing
     */
    Descriptor ready() {
        check(cudnn, cudnn.cudnnBackendFinalize(address), "cudnnBackendFinalize");
        return this;
    }

    /** One 64-bit number. */
    long number(int attribute) {
        long[] count = new long[1];
        long[] value = new long[1];
        check(
                cudnn,
                cudnn.cudnnBackendGetAttribute(address, attribute, Cudnn.TYPE_INT64, 1, count, value),
                "Attribute " + attribute);
        return value[0];
    }

    /** Values of an enumeration, at most so many. */
    int[] choices(int attribute, int type, int most) {
        long[] count = new long[1];
        int[] values = new int[most];
        check(
                cudnn,
                cudnn.cudnnBackendGetAttribute(address, attribute, type, most, count, values),
                "Attribute " + attribute);
        return Arrays.copyOf(values, (int) Math.min(most, count[0]));
    }

    /** How many descriptors an attribute has. */
    int count(int attribute) {
        long[] count = new long[1];
        check(
                cudnn,
                cudnn.cudnnBackendGetAttribute(address, attribute, Cudnn.TYPE_DESCRIPTOR, 0, count, (long[]) null),
                "Attribute " + attribute);
        return Math.toIntExact(count[0]);
    }

    /** Fills given empty descriptors and returns how many there are to fill. */
    int fill(int attribute, Descriptor... others) {
        long[] count = new long[1];
        long[] addresses = Arrays.stream(others).mapToLong(Descriptor::address).toArray();
        check(
                cudnn,
                cudnn.cudnnBackendGetAttribute(
                        address, attribute, Cudnn.TYPE_DESCRIPTOR, addresses.length, count, addresses),
                "Attribute " + attribute);
        return (int) Math.min(addresses.length, count[0]);
    }

    @Override
    public void close() {
        check(cudnn, cudnn.cudnnBackendDestroyDescriptor(address), "cudnnBackendDestroyDescriptor");
    }
}
