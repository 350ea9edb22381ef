package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Where the values of trials are in their dimensions. To look them up takes longer, among thousands of trials, than to estimate
 * densities from them, and they do not change: they are kept from one history to the next.
 */
final class TrialPlaces {
    private final SearchSpace space;
    /** Of the last history, in the order of its trials. Threads may share it, since rows are never changed. */
    private volatile List<Row> last = List.of();

    TrialPlaces(SearchSpace space) {
        this.space = space;
    }

    /**
     * The values of a trial.
     *
     * @param present the parameters of the space that have one, as bits
     * @param places of the values, one for each parameter of the space; NaN if it has none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(long trial, Assignment assignment, BitSet present, double[] places) {
        /** Whether these parameters have values. Of a running trial, some of a group may: it is known from finished trials. */
        boolean hasAll(int[] parameters) {
            for (int parameter : parameters) {
                if (!present.get(parameter)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * The rows of a history.
     *
     * @param history in the order of its trials
     */
    List<Row> of(List<Observation> history) {
        List<Row> known = last;
        List<Row> rows = new ArrayList<>(history.size());
        int at = 0;
        for (Observation trial : history) {
            while (at < known.size() && known.get(at).trial() < trial.trial()) {
                at++;
            }
            boolean isKnown = at < known.size()
                    && known.get(at).trial() == trial.trial()
                    && known.get(at).assignment().equals(trial.assignment());
            rows.add(isKnown ? known.get(at) : row(trial.trial(), trial.assignment()));
        }
        last = rows;
        return rows;
    }

    /** Whether one of the rows has an assignment. */
    boolean isTried(Assignment assignment, List<Row> tried) {
        double[] places = row(-1, assignment).places();
        for (Row row : tried) {
            if (Arrays.equals(row.places(), places) && row.assignment().equals(assignment)) {
                return true;
            }
        }
        return false;
    }

    private Row row(long trial, Assignment assignment) {
        BitSet present = new BitSet();
        double[] places = new double[space.parameters().size()];
        for (int i = 0; i < places.length; i++) {
            Parameter parameter = space.parameters().get(i);
            Optional<Object> value = assignment.value(parameter.name());
            present.set(i, value.isPresent());
            places[i] = value.map(parameter.dimension()::place).orElse(Double.NaN);
        }
        return new Row(trial, assignment, present, places);
    }
}
