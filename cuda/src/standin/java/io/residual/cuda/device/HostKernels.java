package io.residual.cuda.device;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kernels of one source, whose parameters are known from the source: what a GPU would misread fails here. With the system
 * property residual.nvcc set to true, every source is compiled for GPUs as well.
 */
final class HostKernels implements Kernels {
    private static final Pattern BOUNDS = Pattern.compile("__launch_bounds__\\s*\\(([^()]*)\\)");
    private static final Pattern KERNEL = Pattern.compile(
            "extern\\s*\"C\"\\s*__global__\\s+void\\s+(?:" + BOUNDS + "\\s*)?(\\w+)\\s*\\(([^()]*)\\)\\s*\\{");
    private static final Pattern TYPEDEF = Pattern.compile("\\btypedef\\s+([\\w ]+?)\\s+(\\w+)\\s*;");
    /** Functions of a library share their threads' state. */
    private static final Object ONE_AT_A_TIME = new Object();

    private final Map<String, Signature> signatures;
    private final NativeLibrary library;
    private final HostMemory memory;
    private final Consumer<Runnable> queue;
    private final int order;

    private enum Kind {
        ADDRESS(Long.class),
        LONG(Long.class),
        INT(Integer.class),
        FLOAT(Float.class);

        private final Class<?> type;

        Kind(Class<?> type) {
            this.type = type;
        }

        static Kind of(String type, Map<String, String> typedefs, String kernel) {
            String words = typedefs.getOrDefault(type, type)
                    .replaceAll("\\bconst\\b|\\b__restrict__\\b|\\bvolatile\\b", " ")
                    .trim()
                    .replaceAll("\\s+", " ");
            if (words.endsWith("*")) return ADDRESS;
            return switch (words) {
                case "long long", "long long int", "unsigned long long", "unsigned long long int" -> LONG;
                case "int", "unsigned", "unsigned int" -> INT;
                case "float" -> FLOAT;
                default ->
                    throw new IllegalArgumentException("Kernel " + kernel + " has a parameter of type " + type
                            + ": pass addresses, long long, int, unsigned or float");
            };
        }
    }

    private record Signature(String name, String bounds, List<String> types, List<Kind> kinds) {
        static Signature of(Matcher matcher, Map<String, String> typedefs) {
            List<String> types = new ArrayList<>();
            for (String parameter : matcher.group(3).split(",", -1)) {
                String type = parameter.trim().replaceFirst("\\w+$", "").trim();
                if (!parameter.isBlank()) types.add(type);
            }
            String name = matcher.group(2);
            String bounds = matcher.group(1) == null ? "1024" : matcher.group(1).split(",", -1)[0];
            return new Signature(
                    name,
                    bounds,
                    types,
                    types.stream().map(type -> Kind.of(type, typedefs, name)).toList());
        }

        /** C++ that reads the arguments and calls the kernel. */
        String call() {
            List<String> arguments = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                arguments.add("*(" + types.get(i).replace("__restrict__", "") + "*) a[" + i + "]");
            }
            return "\nstatic void host_run_" + name + "(void** a) { " + name + "(" + String.join(", ", arguments)
                    + "); }\n"
                    + "extern \"C\" __attribute__((visibility(\"default\"))) const char* launch_" + name
                    + "(unsigned x, unsigned y, unsigned threads, unsigned order, bool together, void** a) {\n"
                    + "    if (threads > (" + bounds + ")) return \"more threads than __launch_bounds__\";\n"
                    + "    return host_launch(x, y, threads, order, together, host_run_" + name + ", a);\n}\n";
        }
    }

    HostKernels(String source, HostMemory memory, Consumer<Runnable> queue, int order) {
        if (Boolean.getBoolean("residual.nvcc")) checkByNvcc(source);
        String plain = HostCompiler.shared().preprocess(source);
        signatures = signatures(plain);
        StringBuilder calls = new StringBuilder();
        signatures.values().forEach(signature -> calls.append(signature.call()));
        library = HostCompiler.shared().kernels(source, calls.toString());
        this.memory = memory;
        this.queue = queue;
        this.order = order;
    }

    @Override
    public Kernel get(String name) {
        return kernel(name, false);
    }

    @Override
    public Kernel together(String name) {
        Kernel kernel = kernel(name, true);
        return (blocksX, blocksY, threads, arguments) -> {
            if ((long) blocksX * blocksY > HostDevice.MULTIPROCESSORS) {
                throw new IllegalArgumentException("Kernel " + name + " has " + (long) blocksX * blocksY
                        + " blocks that run at once, on " + HostDevice.MULTIPROCESSORS + " multiprocessors");
            }
            kernel.launch(blocksX, blocksY, threads, arguments);
        };
    }

    private Kernel kernel(String name, boolean together) {
        Signature signature = signatures.get(name);
        if (signature == null)
            throw new IllegalArgumentException("No kernel " + name + " among " + signatures.keySet());
        Function function = library.getFunction("launch_" + name);
        return (blocksX, blocksY, threads, arguments) -> {
            check(signature, blocksX, blocksY, threads, arguments);
            Object[] values = arguments.clone();
            int[] sizes = {blocksX, blocksY, threads, order, together ? 1 : 0};
            queue.accept(() -> run(signature, function, sizes, values));
        };
    }

    private static void checkByNvcc(String source) {
        String messages = Nvcc.compileOnce(source);
        if (!messages.isEmpty()) throw new CudaException(CudaException.Kind.FAILED, messages);
    }

    private static Map<String, Signature> signatures(String source) {
        Map<String, Signature> found = new LinkedHashMap<>();
        Map<String, String> typedefs = new HashMap<>();
        Matcher typedef = TYPEDEF.matcher(source);
        while (typedef.find()) typedefs.put(typedef.group(2), typedef.group(1));
        Matcher matcher = KERNEL.matcher(source);
        while (matcher.find()) {
            Signature signature = Signature.of(matcher, typedefs);
            found.put(signature.name(), signature);
        }
        int kernels = source.split("\\b__global__\\b", -1).length - 1;
        if (kernels != found.size()) {
            throw new IllegalArgumentException("Of " + kernels + " kernels only " + found.keySet()
                    + " are written: extern \"C\" __global__ void name(parameters) {");
        }
        return found;
    }

    private void check(Signature kernel, int blocksX, int blocksY, int threads, Object... arguments) {
        if (blocksX < 1 || blocksY < 1 || blocksY > 65535 || threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("Kernel " + kernel.name() + " cannot run in " + blocksX + " x " + blocksY
                    + " blocks of " + threads + " threads");
        }
        if (arguments.length != kernel.kinds().size()) {
            throw new IllegalArgumentException("Kernel " + kernel.name() + " has "
                    + kernel.kinds().size() + " parameters, not " + arguments.length);
        }
        for (int i = 0; i < arguments.length; i++) {
            Kind kind = kernel.kinds().get(i);
            if (!kind.type.isInstance(arguments[i])) {
                throw new IllegalArgumentException("Argument " + i + " of kernel " + kernel.name() + " must be a "
                        + kind.type.getSimpleName() + " for " + kernel.types().get(i) + ", not "
                        + arguments[i].getClass().getSimpleName());
            }
            if (kind == Kind.ADDRESS && (Long) arguments[i] != 0) memory.check((Long) arguments[i], 0);
        }
    }

    private void run(Signature kernel, Function function, int[] sizes, Object... arguments) {
        Memory values = new Memory(8L * arguments.length + 8);
        Memory pointers = new Memory(8L * arguments.length + 8);
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Long number) values.setLong(8L * i, number);
            if (arguments[i] instanceof Integer number) values.setInt(8L * i, number);
            if (arguments[i] instanceof Float number) values.setFloat(8L * i, number);
            pointers.setPointer(8L * i, values.share(8L * i));
        }
        synchronized (ONE_AT_A_TIME) {
            Pointer failure =
                    function.invokePointer(new Object[] {sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], pointers});
            if (failure != null) {
                throw new CudaException(
                        CudaException.Kind.FAILED, "Kernel " + kernel.name() + ": " + failure.getString(0));
            }
        }
    }
}
