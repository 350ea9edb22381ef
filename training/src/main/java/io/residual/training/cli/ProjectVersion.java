package io.residual.training.cli;

import io.residual.training.run.Versions;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class ProjectVersion implements IVersionProvider {
    public static void main(String[] args) {
        for (String line : new ProjectVersion().getVersion()) {
            System.out.println(line);
        }
        System.exit((System.out.checkError() ? ExitStatus.RUN : ExitStatus.OK).code());
    }

    @Override
    public String[] getVersion() {
        Versions versions = Versions.current();
        return new String[] {
            "residual " + versions.residual() + " (commit " + versions.commit() + ")",
            "Deeplearning4j " + versions.deeplearning4j(),
            "Java " + versions.java() + ", " + versions.os()
        };
    }
}
