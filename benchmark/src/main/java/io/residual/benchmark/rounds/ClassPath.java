package io.residual.benchmark.rounds;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Class paths of the children: DJL and DL4J never share a process. */
final class ClassPath {
    private static final List<String> DJL = List.of("ai/djl");
    private static final List<String> DL4J = List.of("org/deeplearning4j", "org/nd4j", "org/datavec", "org/bytedeco");

    private ClassPath() {}

    /** The entries without DJL's libraries. */
    static String withoutDjl(String classPath) {
        return without(DJL, classPath);
    }

    /** The entries without DL4J, ND4J, DataVec and the libraries they bring for JavaCPP. */
    static String withoutDl4j(String classPath) {
        return without(DL4J, classPath);
    }

    /** Libraries are told by the group in the path of the Maven repository. */
    private static String without(List<String> groups, String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> groups.stream()
                        .noneMatch(
                                group -> entry.replace(File.separatorChar, '/').contains("/" + group + "/")))
                .map(entry -> Path.of(entry).toAbsolutePath().toString()) // a child has a working folder of its own
                .collect(Collectors.joining(File.pathSeparator));
    }
}
