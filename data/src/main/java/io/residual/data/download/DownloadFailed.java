package io.residual.data.download;

import java.util.List;

/** No mirror gave the file; the message has the reason of each. */
public final class DownloadFailed extends Exception {
    DownloadFailed(List<String> reasons) {
        super(String.join("; ", reasons));
    }
}
