package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.report.CaseTable.CaseResult;
import io.residual.benchmark.rounds.Case;
import io.residual.report.chart.Axis;
import io.residual.report.chart.BarChart;
import io.residual.report.chart.BarChart.Bar;
import io.residual.report.chart.BarChart.Bars;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One case and task as bars, the fastest contestant first, with its range over the rounds; the convolution limit comes last. */
record CaseChart(CaseResult result) {
    private static final String LIMIT = "convolutions alone";

    /** Name of the chart's file, such as {@code training-28x256.svg} or {@code training-resnet20-28x128.svg}. */
    String file() {
        return result.task().title() + "-" + result.setting().label().replace(':', '-') + ".svg";
    }

    /** What is shown, such as "ResNet-18 training, 28 px, batch 256, images/s". */
    String title() {
        Case setting = result.setting();
        return setting.model().title() + " " + result.task().title() + ", " + setting.pixels() + " px, batch "
                + setting.batch() + ", images/s";
    }

    String svg() {
        List<String> names = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        result.rows().forEach(row -> {
            names.add(row.contestant());
            bars.add(bar(row.imagesPerSecond()));
        });
        if (result.limit() != null) {
            names.add(LIMIT);
            bars.add(bar(result.limit()));
        }
        return new BarChart(title(), description(), Axis.linear("images/s"), names, List.of(new Bars("median", bars)))
                .toSvgFile();
    }

    private static Bar bar(Summary rate) {
        return Bar.of(rate.median(), rate.min(), rate.max());
    }

    private String description() {
        return result.rows().stream()
                .map(row -> row.contestant() + " "
                        + CaseTable.rate(row.imagesPerSecond().median()))
                .collect(Collectors.joining(", ", "Median images per second, with the range over the rounds: ", "."));
    }
}
