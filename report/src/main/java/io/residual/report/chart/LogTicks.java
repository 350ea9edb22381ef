package io.residual.report.chart;

import io.residual.report.Numbers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Ticks at powers of ten; every second, third, ... one where there are many, and at 2 and 5 times them where there are
 * few. Where not even two of these lie in the range, it is as good as linear and gets linear ticks.
 */
final class LogTicks {
    private static final List<Set<Integer>> MANTISSAS = List.of(Set.of(1), Set.of(1, 2, 5));

    private LogTicks() {}

    static List<Tick> of(Range range, int maxTicks) {
        int first = (int) Math.floor(Math.log10(range.low()));
        int last = (int) Math.ceil(Math.log10(range.high()));
        List<Tick> best = List.of();
        for (Set<Integer> mantissas : MANTISSAS) {
            List<Tick> ticks = within(range, first, last, mantissas);
            if (ticks.size() <= maxTicks) {
                best = ticks;
            }
        }
        if (best.isEmpty()) {
            best = thinned(within(range, first, last, Set.of(1)), maxTicks);
        }
        return best.size() < 2 ? LinearTicks.of(range, maxTicks) : best;
    }

    private static List<Tick> within(Range range, int first, int last, Set<Integer> mantissas) {
        List<Tick> ticks = new ArrayList<>();
        for (int exponent = first; exponent <= last; exponent++) {
            for (int mantissa = 1; mantissa < 10; mantissa++) {
                BigDecimal value = BigDecimal.valueOf(mantissa).scaleByPowerOfTen(exponent);
                double v = value.doubleValue();
                if (mantissas.contains(mantissa) && v >= range.low() && v <= range.high()) {
                    ticks.add(new Tick(v, Numbers.of(value)));
                }
            }
        }
        return ticks;
    }

    private static List<Tick> thinned(List<Tick> ticks, int maxTicks) {
        int every = Math.max(1, (ticks.size() + maxTicks - 1) / maxTicks);
        List<Tick> thinned = new ArrayList<>();
        for (int i = 0; i < ticks.size(); i += every) {
            thinned.add(ticks.get(i));
        }
        return thinned;
    }
}
