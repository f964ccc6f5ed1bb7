"""make_tiny_model.py FILE: writes a Llama of random weights, 4 MB of GGUF, the same bytes every time.

Its answers are noise, but a server treats them as any other. It says ASCII letters and digits only, a token each, and
never ends an answer by itself: an answer has as many tokens as were asked for, and as many content events.
"""

import sys

import gguf
import numpy

LAYERS, WIDTH, HIDDEN, HEADS, CONTEXT = 2, 256, 768, 4, 32768
CONTROL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Dimension 0 of the residual stream holds a constant, which no layer changes: the output weights read a bias from it.
BIAS = 0


def byte_characters():
    """GPT-2's byte-level alphabet: printable bytes stand for themselves, the others for the characters from U+0100."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def add_vocabulary(writer):
    characters = byte_characters()
    merged = characters[ord(" ")] + "t"  # the format wants at least one merge
    tokens = characters + [merged] + CONTROL_TOKENS
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if token in CONTROL_TOKENS else gguf.TokenType.NORMAL for token in tokens]
    )
    writer.add_token_merges([f"{merged[0]} {merged[1]}"])
    writer.add_vocab_size(len(tokens))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
    return tokens


def add_shape(writer):
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def add_weights(writer, tokens):
    generator = numpy.random.default_rng(1)

    def matrix(rows, columns):
        return (generator.standard_normal((rows, columns), dtype=numpy.float32) * 0.05).astype(numpy.float16)

    embedding = matrix(len(tokens), WIDTH)
    embedding[:, BIAS] = 1
    output = matrix(len(tokens), WIDTH)
    output[:, BIAS] = [0 if len(token) == 1 and token.isascii() and token.isalnum() else -100 for token in tokens]
    norm = numpy.ones(WIDTH, numpy.float32)

    writer.add_tensor("token_embd.weight", embedding)
    for layer in range(LAYERS):
        name = f"blk.{layer}."
        attention_output = matrix(WIDTH, WIDTH)
        feed_forward_output = matrix(WIDTH, HIDDEN)
        attention_output[BIAS] = feed_forward_output[BIAS] = 0
        writer.add_tensor(name + "attn_norm.weight", norm)
        for projection in ("attn_q", "attn_k", "attn_v"):
            writer.add_tensor(f"{name}{projection}.weight", matrix(WIDTH, WIDTH))
        writer.add_tensor(name + "attn_output.weight", attention_output)
        writer.add_tensor(name + "ffn_norm.weight", norm)
        writer.add_tensor(name + "ffn_gate.weight", matrix(HIDDEN, WIDTH))
        writer.add_tensor(name + "ffn_up.weight", matrix(HIDDEN, WIDTH))
        writer.add_tensor(name + "ffn_down.weight", feed_forward_output)
    writer.add_tensor("output_norm.weight", norm)
    writer.add_tensor("output.weight", output)


def main(file):
    writer = gguf.GGUFWriter(file, "llama")
    add_shape(writer)
    add_weights(writer, add_vocabulary(writer))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main(*sys.argv[1:])
