package io.residual.cuda.nvidia;

import io.residual.cuda.device.CudaException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What there is of NVIDIA on this machine.
 *
 * @param cuda the newest CUDA that the driver knows, such as 13.0
 * @param libraries versions and places of NVRTC and cuDNN, or what is missing of them and how to get it
 * @param complete whether no library is missing
 */
public record Installation(String cuda, List<Card> cards, String libraries, boolean complete) {
    public Installation {
        cards = List.copyOf(cards);
    }

    /**
     * Looks.
     *
     * @throws CudaException if there is no driver, or no GPU, or the driver is too old
     */
    public static Installation find() {
        return find(Places.ofProcess());
    }

    /**
     * The GPUs alone; loads no library but the driver's.
     *
     * @throws CudaException if there is no driver, or it is too old
     */
    public static List<Card> findCards() {
        return findCards(Places.ofProcess());
    }

    static List<Card> findCards(Places places) {
        Driver driver = Libraries.driver(places);
        Card.start(driver);
        return list(driver);
    }

    private static List<Card> list(Driver driver) {
        return IntStream.range(0, Card.count(driver))
                .mapToObj(index -> Card.of(driver, index))
                .toList();
    }

    static Installation find(Places places) {
        Driver driver = Libraries.driver(places);
        int version = Card.start(driver);
        List<Card> cards = list(driver);
        String libraries;
        boolean complete;
        try {
            libraries = Libraries.load(places, version / 1000).describe();
            complete = true;
        } catch (CudaException missing) {
            libraries = String.valueOf(missing.getMessage());
            complete = false;
        }
        return new Installation(Card.text(version), cards, libraries, complete);
    }
}
