"""Every command line of the training guide that starts a training, word for word."""

from __future__ import annotations

GUIDE_LINES = {
    "basic": r"""
python tools/train_slt_multistream_v9.py \
  --face-dir data/single_signer/processed/face \
  --hand-left-dir data/single_signer/processed/hand_l \
  --hand-right-dir data/single_signer/processed/hand_r \
  --pose-dir data/single_signer/processed/pose \
  --metadata-csv meta.csv \
  --train-index data/single_signer/index/train.csv \
  --val-index data/single_signer/index/val.csv \
  --work-dir work_dirs/single_signer_experiment \
  --tokenizer hf-internal-testing/tiny-random-T5 \
  --epochs 40 --batch-size 4 --sequence-length 64
""",
    "signmusketeers": r"""
   python tools/train_slt_multistream_v9.py \
     --decoder-preset signmusketeers \
     --face-dir data/single_signer/processed/face \
     --hand-left-dir data/single_signer/processed/hand_l \
     --hand-right-dir data/single_signer/processed/hand_r \
     --pose-dir data/single_signer/processed/pose \
     --metadata-csv meta.csv \
     --train-index data/single_signer/index/train.csv \
     --val-index data/single_signer/index/val.csv \
     --work-dir work_dirs/signmusketeers_t5 \
     --batch-size 4 --sequence-length 128
""",
    "mska_mbart": r"""
python tools/train_slt_multistream_v9.py \
  --decoder-preset mska_paper_mbart \
  --face-dir data/single_signer/processed/face \
  --hand-left-dir data/single_signer/processed/hand_l \
  --hand-right-dir data/single_signer/processed/hand_r \
  --pose-dir data/single_signer/processed/pose \
  --keypoints-dir data/single_signer/processed/keypoints \
  --gloss-csv data/single_signer/gloss.csv \
  --metadata-csv meta.csv \
  --train-index data/single_signer/index/train.csv \
  --val-index data/single_signer/index/val.csv \
  --work-dir work_dirs/mska_mbart_offline \
  --batch-size 4 --sequence-length 128
""",
    "prompt": r"""
python tools/train_slt_multistream_v9.py \
  --decoder-preset signmusketeers \
  --decoder-prompt-length 20 \
  --decoder-prompt-init tokens \
  --decoder-prompt-text "translate to rioplatense" \
  --teacher-forcing-mode scheduled \
  --teacher-forcing-ratio 1.0 \
  --teacher-forcing-min-ratio 0.3 \
  --teacher-forcing-decay 0.9 \
  ...
""",
    "keypoint_augmentation": r"""
python tools/train_slt_multistream_v9.py \
  --config configs/single_signer.yml \
  --keypoint-scale-range 0.9,1.1 \
  --keypoint-translate-range -0.05,0.05 \
  --keypoint-rotate-range -15,15 \
  --keypoint-resample-range 0.85,1.1
""",
    "set": r"""
python tools/train_slt_multistream_v9.py \
  --config configs/single_signer.yml \
  --set data.batch_size=6 \
  --set optim.scheduler="cosine" \
  --set model.decoder_heads=6
""",
    "decoder_class": r"""
python tools/train_slt_multistream_v9.py \
  ... \
  --decoder-class my_project.decoders:MyDecoder \
  --decoder-kwargs '{"dropout": 0.0, "share_embeddings": true}'
""",
}
