"""Makers of Llama-shaped models: ONNX in the Hugging Face layout, and GGUF."""
