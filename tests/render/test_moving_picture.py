"""What moves on the end card goes on across the chunks, and everything around it stands still."""

import av
import numpy as np
from PIL import Image

from pipeline.documents.look import Box, MovingPicture
from pipeline.render.batches import batch_requests, chunk_batch
from pipeline.render.chunks import chunk_keys, chunk_requests
from pipeline.resources import FONTS
from pipeline.store import Store


def test_a_picture_moves_on_through_all_chunks_of_the_end_card_and_nothing_else_does(planned, frames_of, tmp_path):
    card, file = tmp_path / "card.png", tmp_path / "moving.mp4"
    Image.fromarray(np.tile(np.arange(160, dtype=np.uint8), (96, 1))).convert("RGB").save(card)
    with av.open(str(file), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=15, options={"crf": "6"})
        stream.width, stream.height, stream.pix_fmt = 40, 40, "yuv420p"
        for number in range(38):  # each for two frames of the video
            frame = av.VideoFrame.from_ndarray(np.full((40, 40, 3), 20 + 5 * number, np.uint8), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    moving = MovingPicture(key="m", file=str(file), box=Box(x=60, y=30, width=40, height=40))
    plan = planned([(None, 0.0, 75)], backdrop=card, longest_s=1.0, moving=moving)
    assert len(plan.chunks) == 3
    frames = frames_of(plan, Store(tmp_path / "cache"))
    for place, frame in enumerate(frames):
        level = 20 + 5 * (place // 2)
        assert abs(float(frame[35:65, 65:95].mean()) - level) < 3, place
        around = np.abs(frame.astype(np.int16) - frames[0])
        around[28:72, 58:102] = 0
        assert around.max() <= 4, place
    still = planned([(None, 0.0, 75)], backdrop=card, longest_s=1.0)
    assert not set(chunk_keys(still)) & set(chunk_keys(plan))


def test_another_machine_makes_the_same_chunks_from_its_own_copy(planned, tmp_path):
    card, file = tmp_path / "card.png", tmp_path / "moving.mp4"
    Image.new("RGB", (160, 96)).save(card)
    file.write_bytes(b"moving")
    plan = planned([(None, 0.0, 40)], backdrop=card, moving=MovingPicture(key="m", file=str(file), box=Box(x=0, y=0, width=40, height=40)))
    batch = chunk_batch("s", "1", list(chunk_requests([plan]).values()), lambda path, _: path.name)
    assert {sent.name for sent in batch.files} == {"card.png", "moving.mp4"}
    there = {sent.path: tmp_path / "there" / sent.name for sent in batch.files}
    (request,) = batch_requests(batch, there, FONTS).values()
    assert request.chunk.pieces[0].moving is not None
    assert request.chunk.pieces[0].moving.file == str(tmp_path / "there" / "moving.mp4")
