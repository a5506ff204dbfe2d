"""Rewrites EfficientNet-Lite0 as ONNX: `python assets/models/make.py efficientnet-lite0-57934424.pth` makes the `.onnx` beside this script.

The source is a checkpoint of PyTorch's old form: a pickle that names its tensors, then their bytes. It is read without PyTorch, by a pickle
reader that knows four names and no others. The network after `efficientnet_lite_pytorch` 0.1.0 (Apache-2.0): normalisations are folded
into the convolutions before them, the activation is ReLU6 throughout, which the weights were trained for. Most weights are stored
in eight bits with one scale for each channel and multiplied out when the network is loaded, so it is calculated in ordinary floating point.
"""

import hashlib
import io
import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SOURCE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Beginning of the sum that the checkpoint's own name carries."""
EPSILON = 1e-3
SIDE, CLASSES, FEATURES, CELLS = 224, 1000, 1280, 7
BLOCKS = ((1, 3, 1, 1, 32, 16), (2, 3, 2, 6, 16, 24), (2, 5, 2, 6, 24, 40), (3, 3, 2, 6, 40, 80), (3, 5, 1, 6, 80, 112))
BLOCKS += ((4, 5, 2, 6, 112, 192), (1, 3, 1, 6, 192, 320))
"""Repeats, kernel, stride, expansion, channels in and out of the seven stages of Lite0."""
OPSET = 17
LEAST_SUMMED = 32
"""Inputs from which on rounding errors of eight bits cancel out; depthwise kernels have 9 or 25, and are few."""
Array = NDArray[Any]


@dataclass
class _Storage:
    key: str
    dtype: str


@dataclass
class _View:
    """Where a tensor lies in its storage; offset and steps in numbers, not bytes. Transposed ones were saved as they lay."""

    key: str
    offset: int
    size: tuple[int, ...]
    steps: tuple[int, ...]

    def of(self, storage: Array) -> Array:
        steps = [step * storage.itemsize for step in self.steps]
        return np.lib.stride_tricks.as_strided(storage[self.offset :], self.size, steps, writeable=False)


def read_checkpoint(data: bytes) -> dict[str, Array]:
    """Return the tensors of a checkpoint in PyTorch's old form by name. Raises pickle.UnpicklingError for anything else in it."""
    file = io.BytesIO(data)
    dtypes: dict[str, str] = {}

    def rebuild(storage: _Storage, offset: int, size: tuple[int, ...], steps: tuple[int, ...], *_: object) -> _View:
        dtypes[storage.key] = storage.dtype
        return _View(storage.key, offset, size, steps)

    known: dict[tuple[str, str], Any] = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuild,
        ("torch", "FloatStorage"): "<f4",
        ("torch", "LongStorage"): "<i8",
    }

    class Reader(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if (module, name) not in known:
                raise pickle.UnpicklingError(f"{module}.{name} has no place in a list of tensors")
            return known[module, name]

        def persistent_load(self, pid: tuple[str, str, str, str, int, object]) -> _Storage:
            return _Storage(pid[2], pid[1])

    for _ in range(3):  # magic number, version, byte order and sizes
        Reader(file).load()
    tensors, keys = Reader(file).load(), Reader(file).load()
    storages: dict[str, Array] = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        dtype = np.dtype(dtypes[key])
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return {name: view.of(storages[view.key]) for name, view in tensors.items()}


@dataclass
class _Graph:
    """The network while it is written: nodes in order and the constants that they use."""

    weights: dict[str, Array]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, kind: str, inputs: list[str], **attributes: object) -> str:
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, value: Array) -> str:
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def stored(self, name: str, weight: Array) -> str:
        """A weight in eight bits with a scale for each channel of its first axis, where it sums over many inputs; else in sixteen bits."""
        if weight[0].size < LEAST_SUMMED:
            return self.add("Cast", [self.constant(name, weight.astype(np.float16))], to=TensorProto.FLOAT)
        shape = (-1, *([1] * (weight.ndim - 1)))
        scale = np.abs(weight.reshape(len(weight), -1)).max(axis=1).reshape(shape) / 127
        steps = np.round(weight / np.maximum(scale, 1e-12)).astype(np.int8)
        as_float = self.add("Cast", [self.constant(name, steps)], to=TensorProto.FLOAT)
        return self.add("Mul", [as_float, self.constant(f"{name}.scale", scale.astype(np.float32))])

    def convolution(self, x: str, name: str, norm: str, *, stride: int = 1, side: int, groups: int = 1, active: bool = True) -> str:
        """A convolution with the normalisation behind it folded in, and ReLU6 where it is `active`. side: of the picture before it."""
        weight = self.weights[f"{name}.weight"]
        gain = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + EPSILON)
        bias = self.weights[f"{norm}.bias"] - gain * self.weights[f"{norm}.running_mean"]
        kernel = weight.shape[-1]
        spare = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        before, after = spare // 2, spare - spare // 2
        stored = self.stored(f"{name}.weight", weight * gain[:, None, None, None])
        inputs = [x, stored, self.constant(f"{name}.bias", bias.astype(np.float32))]
        pads = [before, before, after, after]
        x = self.add("Conv", inputs, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=pads, group=groups)
        return self.add("Clip", [x, "least", "most"]) if active else x


def network(weights: dict[str, Array]) -> onnx.ModelProto:
    """Return the network. In: `image`, N×3×224×224, RGB from 0 to 255. Out: `features`, N×1280, and `logits`, N×1000; and by the place in
    the picture, of which those are means: `activity`, N×7×7, the mean of all features, and `cell_logits`, N×1000×7×7."""
    graph = _Graph(weights)
    graph.constant("least", np.float32(0))
    graph.constant("most", np.float32(6))
    graph.constant("middle", np.float32(127))
    graph.constant("step", np.float32(1 / 128))
    x = graph.add("Mul", [graph.add("Sub", ["image", "middle"]), "step"])
    x, side = graph.convolution(x, "_conv_stem", "_bn0", stride=2, side=SIDE), SIDE // 2
    for name, kernel, stride, expansion, inside, outside in _blocks():
        before = x
        if expansion > 1:
            x = graph.convolution(x, f"{name}._expand_conv", f"{name}._bn0", side=side)
        channels = inside * expansion
        assert weights[f"{name}._depthwise_conv.weight"].shape == (channels, 1, kernel, kernel)
        x = graph.convolution(x, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, side=side, groups=channels)
        side = -(-side // stride)
        x = graph.convolution(x, f"{name}._project_conv", f"{name}._bn2", side=side, active=False)
        if stride == 1 and inside == outside:
            x = graph.add("Add", [x, before])
    x = graph.convolution(x, "_conv_head", "_bn1", side=side)
    graph.nodes.append(helper.make_node("ReduceMean", [x], ["activity"], axes=[1], keepdims=0))
    pooled = graph.add("Flatten", [graph.add("GlobalAveragePool", [x])])
    graph.nodes.append(helper.make_node("Identity", [pooled], ["features"]))
    classes = graph.stored("_fc.weight", weights["_fc.weight"])
    bias = graph.constant("_fc.bias", weights["_fc.bias"].astype(np.float32))
    graph.nodes.append(helper.make_node("Gemm", [pooled, classes, bias], ["logits"], transB=1))
    kernels = graph.add("Unsqueeze", [classes, graph.constant("axes", np.array([2, 3]))])
    graph.nodes.append(helper.make_node("Conv", [x, kernels, bias], ["cell_logits"], kernel_shape=[1, 1]))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    shapes = {"features": [FEATURES], "logits": [CLASSES], "activity": [CELLS, CELLS], "cell_logits": [CLASSES, CELLS, CELLS]}
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape]) for name, shape in shapes.items()]
    whole = helper.make_graph(graph.nodes, "efficientnet_lite0", [image], outputs, graph.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="fieldcut")
    onnx.checker.check_model(model, full_check=True)
    return model


def _blocks() -> Iterator[tuple[str, int, int, int, int, int]]:
    """Yield name, kernel, stride, expansion, channels in and out of each block."""
    number = 0
    for repeats, kernel, stride, expansion, inside, outside in BLOCKS:
        for turn in range(repeats):
            yield f"_blocks.{number}", kernel, 1 if turn else stride, expansion, outside if turn else inside, outside
            number += 1


def main(source: Path, say: Callable[[str], None] = print) -> None:
    """Write the network and print its sum."""
    data = source.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if not found.startswith(SOURCE_SHA256):
        raise SystemExit(f"{source} is another file: sha256 {found}")
    target = Path(__file__).with_name("efficientnet_lite0.onnx")
    target.write_bytes(network(read_checkpoint(data)).SerializeToString())
    say(f"source {found} ({len(data)} bytes)")
    say(f"{target.name} {hashlib.sha256(target.read_bytes()).hexdigest()} ({target.stat().st_size} bytes)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
