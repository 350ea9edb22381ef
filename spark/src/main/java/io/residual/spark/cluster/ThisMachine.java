package io.residual.spark.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The machine of a task, as messages for the driver's user name it. */
public final class ThisMachine {
    private ThisMachine() {}

    /** Its host name. */
    public static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a machine without a name";
        }
    }
}
