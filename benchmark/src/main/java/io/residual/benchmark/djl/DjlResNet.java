package io.residual.benchmark.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.residual.core.Convolution;
import io.residual.core.Flavour;
import io.residual.core.Flavour.ConvolutionBias;
import io.residual.core.ResNetSpec;
import io.residual.core.VertexPaths;
import io.residual.core.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A residual network in DJL's blocks: images [N, channels, height, width] to logits [N, classes].
 *
 * @param root the whole network
 * @param weighted the blocks that hold weights, by path
 */
record DjlResNet(Block root, Map<String, Block> weighted) {
    static DjlResNet of(ResNetSpec spec) {
        Map<String, Block> weighted = new LinkedHashMap<>();
        Flavour flavour = spec.flavour();
        SequentialBlock root = new SequentialBlock();
        List<Convolution> stem = spec.stem().convolutions(spec.input().channels());
        for (int i = 0; i < stem.size(); i++) {
            root.add(convolution(weighted, flavour, VertexPaths.stemConv(spec, i), stem.get(i)))
                    .add(batchNorm(weighted, VertexPaths.stemBn(spec, i)))
                    .add(Activation.reluBlock());
        }
        spec.stem().pool().ifPresent(pool -> root.add(maxPool(pool)));
        for (int s = 0; s < spec.stages().size(); s++) {
            int b = 0;
            for (io.residual.core.Block block : spec.blocks(s)) {
                root.add(residual(weighted, flavour, VertexPaths.block(s, b++), block))
                        .add(Activation.reluBlock());
            }
        }
        Linear dense = Linear.builder().setUnits(spec.classes()).build();
        weighted.put("fc", dense);
        root.add(Pool.globalAvgPool2dBlock()).add(Blocks.batchFlattenBlock()).add(dense);
        return new DjlResNet(root, weighted);
    }

    private static Block residual(
            Map<String, Block> weighted, Flavour flavour, String path, io.residual.core.Block block) {
        SequentialBlock body = new SequentialBlock();
        int count = block.convolutions().size();
        for (int i = 1; i <= count; i++) {
            body.add(convolution(
                            weighted,
                            flavour,
                            path + ".conv" + i,
                            block.convolutions().get(i - 1)))
                    .add(batchNorm(weighted, path + ".bn" + i));
            if (i < count) {
                body.add(Activation.reluBlock());
            }
        }
        Block shortcut = block.changesShape() ? projection(weighted, flavour, path, block) : Blocks.identityBlock();
        return new ParallelBlock(
                branches -> new NDList(
                        branches.get(0).singletonOrThrow().add(branches.get(1).singletonOrThrow())),
                List.of(body, shortcut));
    }

    private static Block projection(
            Map<String, Block> weighted, Flavour flavour, String path, io.residual.core.Block block) {
        if (flavour.projection().hasConvolution()) {
            return convolution(weighted, flavour, VertexPaths.projectionConv(path), block.projection());
        }
        String strided = ":, :, ::" + block.stride() + ", ::" + block.stride();
        return new LambdaBlock(images -> {
            NDArray kept = images.singletonOrThrow().get(new NDIndex(strided));
            return new NDList(kept.concat(kept.zerosLike(), 1));
        });
    }

    private static Block convolution(Map<String, Block> weighted, Flavour flavour, String path, Convolution layer) {
        Window window = layer.window();
        Conv2d convolution = Conv2d.builder()
                .setKernelShape(square(window.kernel()))
                .optStride(square(window.stride()))
                .optPadding(square(window.padding()))
                .setFilters(layer.channels())
                .optBias(flavour.bias() == ConvolutionBias.BIASED)
                .build();
        weighted.put(path, convolution);
        return convolution;
    }

    private static Block batchNorm(Map<String, Block> weighted, String path) {
        BatchNorm batchNorm =
                BatchNorm.builder().optEpsilon(1e-5f).optMomentum(0.9f).build();
        weighted.put(path, batchNorm);
        return batchNorm;
    }

    private static Block maxPool(Window window) {
        return Pool.maxPool2dBlock(square(window.kernel()), square(window.stride()), square(window.padding()));
    }

    private static Shape square(int side) {
        return new Shape(side, side);
    }
}
