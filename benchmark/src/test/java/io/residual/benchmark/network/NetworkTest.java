package io.residual.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.benchmark.network.Network.Role;
import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class NetworkTest {
    @Test
    void the_trained_tensors_are_as_many_numbers_as_the_spec_has_parameters() {
        assertTrained(ResNetSpec.resNet(34, Flavour.BOOK).withWidth(24).withClasses(7));
        assertTrained(ResNetSpec.cifar(20, Flavour.CIFAR));
    }

    private static void assertTrained(ResNetSpec spec) {
        long trained = Network.of(spec).tensors().stream()
                .filter(t ->
                        !EnumSet.of(Role.RUNNING_MEAN, Role.RUNNING_VARIANCE).contains(t.role()))
                .mapToLong(Network.Tensor::length)
                .sum();
        assertThat(trained).isEqualTo(spec.parameters());
    }

    @Test
    void other_flavours_are_refused_since_the_peers_do_not_have_them() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.of(ResNetSpec.resNet(18, Flavour.TORCHVISION)))
                .withMessageStartingWith(
                        "the peers' networks are residual networks of the book's flavour, or of the one for CIFAR, got"
                                + " Flavour[");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.of(ResNetSpec.resNet(18, Flavour.BOOK).plainTwin()))
                .withMessageEndingWith("with shortcuts NONE");
    }
}
