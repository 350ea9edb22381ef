package io.residual.training;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.BiFunction;

/** Devices that are not as good as others. */
final class LesserDevice {
    private LesserDevice() {}

    /** Fails once so many graphs were launched. */
    static Device failingAfter(int launches, Device device) {
        int[] left = {launches};
        return changed(
                device,
                (method, result) -> method.equals("capture")
                        ? new CapturedGraph() {
                            @Override
                            public void launch() {
                                if (left[0]-- <= 0) {
                                    throw new CudaException(CudaException.Kind.FAILED, "it fell off the bus");
                                }
                                ((CapturedGraph) result).launch();
                            }

                            @Override
                            public void close() {
                                ((CapturedGraph) result).close();
                            }
                        }
                        : result);
    }

    static Device withFreeBytes(long bytes, Device device) {
        return changed(device, (method, result) -> method.equals("freeBytes") ? (Object) bytes : result);
    }

    private static Device changed(Device device, BiFunction<String, Object, Object> change) {
        return (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                    try {
                        return change.apply(method.getName(), method.invoke(device, arguments));
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                });
    }
}
