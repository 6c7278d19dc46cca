package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** libnftables.so.1. Functions that give an int give 0 when they succeeded; what they say then is in the buffers. */
interface LibNftables extends Library {
    int NFT_CTX_DEFAULT = 0;
    int NFT_CTX_OUTPUT_JSON = 1 << 4;

    @Nullable
    Pointer nft_ctx_new(int flags);

    void nft_ctx_free(Pointer context);

    int nft_ctx_buffer_output(Pointer context);

    int nft_ctx_buffer_error(Pointer context);

    void nft_ctx_output_set_flags(Pointer context, int flags);

    void nft_ctx_set_dry_run(Pointer context, boolean dry);

    int nft_run_cmd_from_buffer(Pointer context, String commands);

    @Nullable
    String nft_ctx_get_output_buffer(Pointer context);

    @Nullable
    String nft_ctx_get_error_buffer(Pointer context);
}
