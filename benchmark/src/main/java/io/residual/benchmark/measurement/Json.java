package io.residual.benchmark.measurement;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/** The mapper of jobs, measurements and results; what was not measured is null, which the runs' strict mapper refuses. */
public final class Json {
    /** A stem without a pool is a stem whose pool is null. */
    public static final ObjectMapper MAPPER = new ObjectMapper().registerModule(new Jdk8Module());

    private Json() {}
}
