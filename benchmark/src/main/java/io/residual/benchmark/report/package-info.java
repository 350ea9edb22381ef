/** What is made of the measurements: statistics, tables, JSON, chart. */
@NullMarked
package io.residual.benchmark.report;

import org.jspecify.annotations.NullMarked;
