"""Models of every kind that FieldCut loads, tiny and with random weights: they have never heard speech, but the libraries run them."""

import json
from pathlib import Path

import numpy as np

VOCABULARY = ["<unk>", "<s>", "</s>", "<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>", *"天地人你我他山水火土苹果桃梨", "▁ap", "ple"]
FEATURES = 560
"""80 bands, seven frames at once."""


def sense_voice(folder: Path) -> Path:
    """Write a SenseVoice model: one matrix, with the four frames before the text that say language, mood, event and style."""
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(7)
    weights = (random.standard_normal((FEATURES, len(VOCABULARY))) * 0.02).astype(np.float32)
    weights[:, :7] = -1e-3
    head = np.full((1, 4, len(VOCABULARY)), -20.0, np.float32)
    head[0, range(4), range(3, 7)] = 20.0
    constants = [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(head, "head")]
    nodes = [helper.make_node("MatMul", ["x", "weights"], ["body"]), helper.make_node("Concat", ["head", "body"], ["logits"], axis=1)]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", "T", FEATURES]),
        *(helper.make_tensor_value_info(name, TensorProto.INT32, ["N"]) for name in ("x_length", "language", "text_norm")),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", "L", len(VOCABULARY)])]
    languages = {f"lang_{name}": number for number, name in enumerate(("auto", "zh", "en", "yue", "ja", "ko", "nospeech"))}
    facts = {"model_type": "sense_voice_ctc", "normalize_samples": 0, "with_itn": 14, "without_itn": 15, **languages}
    return _onnx(folder, nodes, inputs, outputs, constants, facts)


def paraformer(folder: Path) -> Path:
    """Write a Paraformer model: one matrix, a token a frame."""
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(8)
    weights = (random.standard_normal((FEATURES, len(VOCABULARY))) * 0.02).astype(np.float32)
    weights[:, :7] = -1e-3
    constants = [numpy_helper.from_array(weights, "weights")]
    nodes = [
        helper.make_node("MatMul", ["speech", "weights"], ["logits"]),
        helper.make_node("Identity", ["speech_lengths"], ["token_num"]),
    ]
    inputs = [
        helper.make_tensor_value_info("speech", TensorProto.FLOAT, ["N", "T", FEATURES]),
        helper.make_tensor_value_info("speech_lengths", TensorProto.INT32, ["N"]),
    ]
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", "T", len(VOCABULARY)]),
        helper.make_tensor_value_info("token_num", TensorProto.INT32, ["N"]),
    ]
    return _onnx(folder, nodes, inputs, outputs, constants, {"model_type": "paraformer"})


def whisper_pt(folder: Path, mel_bands: int = 80) -> Path:
    """Write a Whisper model as OpenAI publishes them: a small transformer of one layer."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(9)
    size = ModelDimensions(mel_bands, 1500, 16, 2, 1, 51866 if mel_bands == 128 else 51865, 448, 16, 2, 1)
    model = Whisper(size)
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.1)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"dims": size.__dict__, "model_state_dict": model.state_dict()}, folder / "tiny.pt")
    return folder


def whisper_ctranslate(folder: Path, tokenizer: Path, mel_bands: int = 80) -> Path:
    """Write a Whisper model as faster-whisper reads them. tokenizer: the folder of a real model, for its vocabulary."""
    from ctranslate2.specs.whisper_spec import WhisperConfig, WhisperSpec

    spec = WhisperSpec(1, 2, 1, 2)
    vocabulary = json.loads((tokenizer / "vocabulary.json").read_text("utf-8"))
    random, width = np.random.default_rng(10), 16
    shapes = {
        "encoder/conv1/weight": (width, mel_bands, 3),
        "encoder/conv2/weight": (width, width, 3),
        "self_attention/linear_0/weight": (3 * width, width),
        "attention/linear_1/weight": (2 * width, width),
        "self_attention/linear_1/weight": (width, width),
        "ffn/linear_0/weight": (4 * width, width),
        "ffn/linear_1/weight": (width, 4 * width),
        "embeddings/weight": (len(vocabulary), width),
        "projection/weight": (len(vocabulary), width),
        "gamma": (width,),
        "beta": (width,),
    }
    for name in [name for name, value in spec.variables().items() if value is None]:
        ends = [end for end in shapes if name.endswith(end)]
        _set(spec, name, random.standard_normal(shapes[max(ends, key=len)] if ends else (width, width)) * 0.3)
    _set(spec, "encoder/position_encodings/encodings", random.standard_normal((1500, width)) * 0.1)
    _set(spec, "decoder/position_encodings/encodings", random.standard_normal((448, width)) * 0.1)
    config = json.loads((tokenizer / "config.json").read_text("utf-8"))
    config["alignment_heads"] = [(0, 0), (0, 1)]
    spec._config = WhisperConfig(**config)
    spec.register_vocabulary(vocabulary)
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    (folder / "tokenizer.json").write_bytes((tokenizer / "tokenizer.json").read_bytes())
    if mel_bands != 80:
        (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": mel_bands}), "utf-8")
    return folder


def _set(spec: object, name: str, value: np.ndarray) -> None:
    """Set a variable of a CTranslate2 model by its path; layer_0 is the first of `layer`."""
    *path, last = name.split("/")
    for part in path:
        base, _, number = part.rpartition("_")
        spec = getattr(spec, part) if hasattr(spec, part) else getattr(spec, base)[int(number)]
    setattr(spec, last, value.astype(np.float32))


def _onnx(folder: Path, nodes: list, inputs: list, outputs: list, constants: list, facts: dict[str, object]) -> Path:
    import onnx
    from onnx import helper

    model = helper.make_model(helper.make_graph(nodes, "tiny", inputs, outputs, constants), opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    plain = {
        "vocab_size": len(VOCABULARY), "lfr_window_size": 7, "lfr_window_shift": 6, "version": 1, "comment": "never heard speech",
        "neg_mean": ",".join(["0"] * FEATURES), "inv_stddev": ",".join(["1"] * FEATURES),
    }  # fmt: skip
    for key, value in {**plain, **facts}.items():
        model.metadata_props.add(key=key, value=str(value))
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(folder / "model.onnx"))
    (folder / "tokens.txt").write_text("".join(f"{token} {number}\n" for number, token in enumerate(VOCABULARY)), "utf-8")
    return folder
